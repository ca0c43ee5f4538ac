import type { HistoryEntry, Plan } from '../plan.ts'
import { type ReplayOptions, replayUntilKnown } from './replay-until-known.ts'

/**
 * Replays every attempt whose outcome is not known with its own key, until it is known: the key executes at
 * most once, so the answer is the outcome of the first try. An attempt that stays unknown is left so.
 */
export async function settleHistory(
  plan: Plan,
  history: readonly HistoryEntry[],
  options: ReplayOptions,
): Promise<readonly HistoryEntry[]> {
  const unknown = history.filter(isOpen)
  if (unknown.length === 0) return history
  options.onProgress(`${unknown.length} answers are unknown: asking again with their own keys`)
  const settled = new Map(
    (await replayUntilKnown(plan, unknown, options)).map((entry) => [entry.key, entry]),
  )
  return history.map((entry) => (isOpen(entry) ? (settled.get(entry.key) ?? entry) : entry))
}

/** What only reads has no key, and no effect that anybody would have to know. */
function isOpen({ key, outcome }: HistoryEntry): boolean {
  return key !== null && outcome.kind === 'unsettled'
}
