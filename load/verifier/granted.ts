import type { GrantedEntry, HistoryEntry } from '../plan.ts'

export function isGranted(entry: HistoryEntry): entry is GrantedEntry {
  return entry.outcome.kind === 'granted'
}
