import { setTimeout as sleep } from 'node:timers/promises'
import type { HistoryEntry, Plan } from '../plan.ts'
import type { SendCall } from '../runner/send-call.ts'

export interface ReplayOptions {
  readonly send: SendCall
  /** Told what is going on, for people. */
  readonly onProgress: (message: string) => void
  /** Ends everything at once, with its reason. */
  readonly signal: AbortSignal
  /** Requests in flight at a time, default 50. */
  readonly concurrency?: number
  /** Longest time of all rounds together, default 60,000. */
  readonly deadlineMs?: number
  /**
   * Pause before each round but the first, default 250: what is overloaded or still running gets some time. Twice
   * as long after each round that brought nothing.
   */
  readonly pauseMs?: number
  /** Milliseconds of a clock that only goes forward. */
  readonly now?: () => number
}

/** Longer than the gateway's own deadline for an upstream call, so that it is the gateway that gives up first. */
const REQUEST_TIMEOUT_MS = 15_000

/**
 * Rounds that brought nothing, one after the other, before the rest is given up: with pauses that double some 15
 * seconds, in which a process starts anew and a circuit breaker lets somebody through.
 */
const FRUITLESS_ROUNDS = 6

/**
 * Sends attempts again, each with its own key, in rounds: the next round is of those whose outcome is not known
 * yet. Ends when all are known, when several rounds in a row brought none, or at the deadline.
 *
 * @returns the attempts in their order, each with its new outcome and the moment of its last answer
 */
export async function replayUntilKnown(
  plan: Plan,
  attempts: readonly HistoryEntry[],
  {
    send,
    onProgress,
    signal,
    concurrency = 50,
    deadlineMs = 60_000,
    pauseMs = 250,
    now = () => performance.now(),
  }: ReplayOptions,
): Promise<readonly HistoryEntry[]> {
  const endsAt = now() + deadlineMs
  const latest = [...attempts]
  let open = latest.map((_, index) => index)
  let fruitless = 0
  while (open.length > 0) {
    await forEachOf(open, concurrency, async (index) => {
      signal.throwIfAborted()
      const leftMs = endsAt - now()
      if (leftMs <= 0) return
      const timeout = AbortSignal.timeout(Math.ceil(Math.min(leftMs, REQUEST_TIMEOUT_MS)))
      latest[index] = await replay(
        latest[index] as HistoryEntry,
        AbortSignal.any([signal, timeout]),
      )
    })
    signal.throwIfAborted()
    const unknown = open.filter((index) => latest[index]?.outcome.kind === 'unsettled')
    if (unknown.length > 0) onProgress(`${unknown.length} of ${open.length} answers still unknown`)
    fruitless = unknown.length === open.length ? fruitless + 1 : 0
    const waitMs = pauseMs * 2 ** fruitless
    if (fruitless === FRUITLESS_ROUNDS || now() + waitMs >= endsAt) break
    open = unknown
    if (open.length > 0) await sleep(waitMs, undefined, { signal })
  }
  return latest

  async function replay(entry: HistoryEntry, giveUp: AbortSignal): Promise<HistoryEntry> {
    const outcome = await send(plan.target, entry, giveUp)
    return { ...entry, outcome, returnedAt: Date.now() }
  }
}

async function forEachOf<Item>(
  items: readonly Item[],
  concurrency: number,
  action: (item: Item) => Promise<void>,
): Promise<void> {
  const queue = items.values()
  const work = async () => {
    for (const item of queue) await action(item)
  }
  await Promise.all(Array.from({ length: Math.min(concurrency, items.length) }, work))
}
