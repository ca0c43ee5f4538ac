import { addCalls, type CallCounts, NO_CALLS, sumOf } from './call-counts.ts'

/** Calls of the last time, and when they were told of. */
export interface RecentCalls {
  add(calls: CallCounts, atMs: number): void
  since(atMs: number): CallCounts
}

export function rememberCalls(durationMs: number): RecentCalls {
  let entries: { readonly calls: CallCounts; readonly atMs: number }[] = []
  return {
    add(calls, atMs) {
      if (sumOf(calls) === 0) return
      entries = entries.filter((entry) => entry.atMs > atMs - durationMs)
      entries.push({ calls, atMs })
    },
    since: (atMs) =>
      entries
        .filter((entry) => entry.atMs >= atMs)
        .reduce((sum, { calls }) => addCalls(sum, calls), NO_CALLS),
  }
}
