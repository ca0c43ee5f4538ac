import type { RunRecord } from './run-record.ts'

/** Grants that were new, over the time of the load. */
export function grantsPerSecond(record: RunRecord): number {
  return perSecond(
    record,
    countOf(record, ({ outcome }) => outcome === 'granted'),
  )
}

/** Answers of every kind, over the time of the load. */
export function answersPerSecond(record: RunRecord): number {
  return perSecond(
    record,
    countOf(record, () => true),
  )
}

function countOf(
  { outcomes }: RunRecord,
  counts: (figures: RunRecord['outcomes'][number]) => boolean,
): number {
  return outcomes.filter(counts).reduce((sum, { count }) => sum + count, 0)
}

/** A run of no time at all has answered at once: its rate is not known, and 0 is the careful answer. */
function perSecond({ durationMs }: RunRecord, count: number): number {
  return durationMs === 0 ? 0 : (count * 1_000) / durationMs
}
