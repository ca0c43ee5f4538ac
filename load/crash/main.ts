import { randomInt } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { type CrashFaults, FAULTS } from './count-faults.ts'
import { runCrashExperiment } from './crash-experiment.ts'
import { describeCrashTable } from './describe-crash-table.ts'

const USAGE = `Usage: pnpm load crash [options]

Kills a part of a system with SIGKILL in the middle of a load, starts it again, and counts what went wrong: ours, the
textbook's transaction, and a counter in Redis, which is installed where there is none. A coupon with a limit, more
customers than units, each with a key; who gets no answer asks again with his key until he knows.

Options
  --rounds N     rounds of each row, 3 unless given; the table shows their median, and the worst
  --only TEXT    systems whose name begins so: ours, textbook, redis
  --seed N       when the kills come and how long an outage lasts; a random one is chosen and shown
  --quick        one round with fewer customers, for a look
  --json FILE    writes the result as JSON too
  --help         this text
`

/** @returns the exit code: 0, or 1 when our own system has a fault, or 2 without a result */
export async function main(argv: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      rounds: { type: 'string', default: '3' },
      only: { type: 'string', default: '' },
      seed: { type: 'string' },
      quick: { type: 'boolean', default: false },
      json: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) {
    process.stdout.write(USAGE)
    return 0
  }
  const result = await runCrashExperiment({
    rounds: values.quick ? 1 : readCount('--rounds', values.rounds, 1),
    only: values.only,
    seed: values.seed === undefined ? randomInt(1_000_000) : readCount('--seed', values.seed, 0),
    size: values.quick
      ? { limit: 500, attempts: 700, atOnce: 32 }
      : { limit: 3_000, attempts: 4_000, atOnce: 64 },
    onProgress: (message) => process.stderr.write(`${message}\n`),
  })
  process.stdout.write(describeCrashTable(result))
  if (values.json !== undefined) {
    await writeFile(values.json, `${JSON.stringify(result, null, 2)}\n`)
  }
  return result.rows.some(({ system, worst }) => system === 'ours' && isFaulty(worst)) ? 1 : 0
}

function isFaulty(worst: CrashFaults): boolean {
  return FAULTS.some((fault) => worst[fault] > 0)
}

function readCount(option: string, given: string, smallest: number): number {
  const count = Number(given)
  if (!Number.isSafeInteger(count) || count < smallest) {
    throw new Error(`${option} must be an integer from ${smallest}, got ${given}`)
  }
  return count
}
