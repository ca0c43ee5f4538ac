import { writeFile } from 'node:fs/promises'
import { loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import { readMachineConditions } from './machine-conditions.ts'
import { median } from './median.ts'

/** What a figure should be. `met` is computed from it, never typed in. */
export type Goal = `${'>=' | '<='} ${number}`

/** One measured figure. The ids are those of the work that asked for them, such as `core.1`. */
export interface Figure {
  readonly id: string
  readonly what: string
  readonly unit: string
  readonly goal: Goal
  /** One value a round; the figure is their median. */
  readonly runs: readonly number[]
}

export interface Session {
  /** Rounds to measure: each runs everything that is compared once, side by side. */
  readonly rounds: number
  /** One short round, for a look. */
  readonly quick: boolean
  /** Only figures whose id starts so; empty for all. */
  readonly only: string
  /** Says on stderr what is being done. */
  progress(message: string): void
}

/** Rounds of a full run: the median of five is not moved by two that something disturbed. */
const ROUNDS = 5

/**
 * Runs a benchmark from the command line: reads `--quick`, `--json FILE`, `--only ID` and `--rounds N`, measures,
 * and prints conditions and a table. A figure that misses its goal is printed as it is and does not fail the run.
 *
 * @param describe conditions besides those of the machine, such as the database's settings
 */
export async function runBenchmark(
  room: string,
  measure: (session: Session) => Promise<{
    readonly conditions: Readonly<Record<string, string>>
    readonly figures: readonly Figure[]
  }>,
): Promise<void> {
  const values = readOptions(process.argv.slice(2))
  if (values.help) {
    process.stdout.write(usageOf(room))
    return
  }
  const loadBefore = loadavg()[0]?.toFixed(2)
  const measured = await measure({
    quick: values.quick,
    rounds: values.quick ? 1 : Number(values.rounds),
    only: values.only,
    progress: (message) => process.stderr.write(`${message}\n`),
  })
  if (measured.figures.length === 0) refuse(`no figure of ${room} begins with ${values.only}`)
  const conditions = {
    ...readMachineConditions(),
    'load average before': loadBefore ?? 'unknown',
    rounds: values.quick ? '1, short' : values.rounds,
    ...measured.conditions,
  }
  const figures = measured.figures.map((figure) => {
    const value = round(median(figure.runs))
    return { ...figure, value, runs: figure.runs.map(round), met: isMet(value, figure.goal) }
  })
  process.stdout.write(describe(room, conditions, figures))
  if (values.json !== undefined) {
    await writeFile(values.json, `${JSON.stringify({ conditions, figures }, null, 2)}\n`)
  }
}

function readOptions(args: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        quick: { type: 'boolean', default: false },
        json: { type: 'string' },
        only: { type: 'string', default: '' },
        rounds: { type: 'string', default: String(ROUNDS) },
        help: { type: 'boolean', default: false },
      },
    })
    if (!/^[1-9]\d{0,2}$/.test(values.rounds)) {
      refuse(`--rounds must be a number from 1 to 999, got ${values.rounds}`)
    }
    return values
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error))
  }
}

/** Whoever typed something wrong needs no stack. */
function refuse(problem: string): never {
  process.stderr.write(`bench: ${problem}. See --help\n`)
  process.exit(2)
}

function usageOf(room: string): string {
  return `Usage: pnpm bench ${room} [options]

Options
  --quick      one short round, for a look
  --rounds N   rounds to measure, ${ROUNDS} unless given; a figure is their median
  --only ID    figures whose id begins so, such as ${room}.1
  --json FILE  writes the result as JSON too
  --help       this text
`
}

export function isMet(value: number, goal: Goal): boolean {
  const [comparison, bound] = goal.split(' ')
  return comparison === '>=' ? value >= Number(bound) : value <= Number(bound)
}

function describe(
  room: string,
  conditions: Readonly<Record<string, string>>,
  figures: readonly (Figure & { value: number; met: boolean })[],
): string {
  const rows = [
    ['figure', 'median', 'lowest', 'highest', 'unit', 'goal', 'met', 'what'],
    ...figures.map(({ id, value, runs, unit, goal, met, what }) => [
      id,
      String(value),
      String(Math.min(...runs)),
      String(Math.max(...runs)),
      unit,
      goal,
      met ? 'yes' : 'NO',
      what,
    ]),
  ]
  const widths = rows[0]?.map((_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  )
  return [
    '',
    `bench ${room}`,
    '',
    ...Object.entries(conditions).map(([name, value]) => `  ${name}: ${value}`),
    '',
    ...rows.map(
      (row) =>
        `  ${row
          .map((cell, i) => cell.padEnd(widths?.[i] ?? 0))
          .join('  ')
          .trimEnd()}`,
    ),
    '',
    '',
  ].join('\n')
}

function round(value: number): number {
  return Number(value.toPrecision(4))
}
