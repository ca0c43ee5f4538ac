import { LAYERS } from './layers/index.ts'
import type { Visit } from './visit.ts'

/** The visits as a table, and under it what is wrong with them. */
export function describeVisits(visits: readonly Visit[]): string {
  const rows = visits.map(({ exhibit, caughtBy, accusations }, index) => [
    `${index + 1}`,
    exhibit.race,
    exhibit.fault,
    ...LAYERS.map((layer) => (caughtBy.includes(layer) ? 'caught' : '-')),
    accusations.length === 0 ? 'nothing' : 'ACCUSED',
  ])
  const table = [['', 'race', 'fault', ...LAYERS, 'the core itself'], ...rows]
  const widths = (table[0] ?? []).map((_, column) =>
    Math.max(...table.map((row) => row[column]?.length ?? 0)),
  )
  const lines = table.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  )
  const complaints = visits.flatMap(({ exhibit: { race }, caughtBy, accusations }) => [
    ...(caughtBy.length === 0 ? [`NOT CAUGHT: ${race}`] : []),
    ...accusations.map(({ rule, found }) => `ACCUSED under "${race}": ${rule}: ${found}`),
  ])
  const idle = LAYERS.filter((layer) => !visits.some(({ caughtBy }) => caughtBy.includes(layer)))
  return [...lines, '', ...complaints, ...idle.map((layer) => `CATCHES NOTHING: ${layer}`)].join(
    '\n',
  )
}

/** Every fault is caught, every layer catches one, and the core is accused of nothing. */
export function isConvincing(visits: readonly Visit[]): boolean {
  return (
    visits.every(({ caughtBy, accusations }) => caughtBy.length > 0 && accusations.length === 0) &&
    LAYERS.every((layer) => visits.some(({ caughtBy }) => caughtBy.includes(layer)))
  )
}
