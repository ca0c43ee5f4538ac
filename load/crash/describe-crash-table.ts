import { FAULTS } from './count-faults.ts'
import type { CrashResult, CrashRow } from './crash-experiment.ts'

/** The result as a table, for a terminal and for a README alike. */
export function describeCrashTable({ seed, size, rows }: CrashResult): string {
  const header = ['system', 'killed', ...FAULTS]
  const lines = [header, ...rows.map(cellsOf)]
  const widths = header.map((_, column) =>
    Math.max(...lines.map((line) => line[column]?.length ?? 0)),
  )
  const [head = '', ...body] = lines.map(
    (line) => `| ${line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`,
  )
  return [
    '',
    `A limit of ${size.limit}, ${size.attempts} customers, ${size.atOnce} at once, rounds: ${rows[0]?.rounds.length ?? 0}, seed ${seed}: median (worst)`,
    '',
    head,
    `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`,
    ...body,
    '',
    '',
  ].join('\n')
}

function cellsOf({ system, victim, medians, worst }: CrashRow): string[] {
  return [
    system,
    victim,
    ...FAULTS.map((fault) =>
      medians[fault] === worst[fault] ? `${medians[fault]}` : `${medians[fault]} (${worst[fault]})`,
    ),
  ]
}
