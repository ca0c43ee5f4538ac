import type { HistoryEntry } from '../plan.ts'
import { mostTelling } from '../scenarios/most-telling.ts'

/**
 * One entry for each key: the intention took its effect after its first call, and before the first answer that says
 * so returned. What only reads has no key and stays as it is; a read without an answer says nothing and goes.
 */
export function mergeByKey(history: readonly HistoryEntry[]): readonly HistoryEntry[] {
  const byKey = new Map<string, HistoryEntry[]>()
  const merged: HistoryEntry[][] = []
  for (const entry of history) {
    if (entry.key === null) {
      if (entry.outcome.kind !== 'unsettled') merged.push([entry])
      continue
    }
    const known = byKey.get(entry.key)
    if (known !== undefined) known.push(entry)
    else {
      const group = [entry]
      byKey.set(entry.key, group)
      merged.push(group)
    }
  }
  return merged.map(mergeEntries)
}

function mergeEntries(entries: readonly HistoryEntry[]): HistoryEntry {
  const [first] = entries as readonly [HistoryEntry]
  if (entries.length === 1) return first
  const outcome = mostTelling(entries.map((entry) => entry.outcome)) ?? first.outcome
  const told = entries.filter((entry) => entry.outcome.kind === outcome.kind)
  return {
    ...first,
    outcome,
    calledAt: Math.min(...entries.map(({ calledAt }) => calledAt)),
    returnedAt: Math.min(...told.map(({ returnedAt }) => returnedAt)),
  }
}
