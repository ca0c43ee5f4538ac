import type { HistoryEntry, Plan } from '../plan.ts'
import { type ReplayOptions, replayUntilKnown } from './replay-until-known.ts'

/**
 * Replays every write whose outcome is not known with its own key, until it is known: the key executes at most once,
 * so the answer is the outcome of the first try, or of this one where the first had no effect. One that stays unknown
 * is left so. A read without an answer says nothing and changed nothing: it is left out.
 */
export async function settleHistory(
  plan: Plan,
  history: readonly HistoryEntry[],
  options: ReplayOptions,
): Promise<readonly HistoryEntry[]> {
  const unknown = history.filter((entry) => isUnsettled(entry) && entry.key !== null)
  if (unknown.length > 0) {
    options.onProgress(`${unknown.length} answers are unknown: asking again with their own keys`)
  }
  const replayed = unknown.length === 0 ? [] : await replayUntilKnown(plan, unknown, options)
  const settled = new Map(unknown.map((entry, index) => [entry, replayed[index]]))
  return history.flatMap((entry) => {
    if (!isUnsettled(entry)) return [entry]
    return settled.get(entry) ?? []
  })
}

function isUnsettled({ outcome }: HistoryEntry): boolean {
  return outcome.kind === 'unsettled'
}
