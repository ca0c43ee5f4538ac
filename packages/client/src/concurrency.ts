import pLimit from 'p-limit'
import type { AttemptOutcome } from './attempt-outcome.ts'
import type { Attempt } from './call.ts'
import type { Clock } from './clock.ts'
import { abortedByCaller } from './deadline.ts'
import { ThrottledError } from './upstream-error.ts'

export interface ConcurrencyParts {
  /** Most attempts in flight at a time. */
  readonly concurrency: number
  /** Most attempts that may wait for a slot. */
  readonly maxQueued: number
  readonly clock: Clock
}

/**
 * Holds a slot for each attempt in flight, first come, first served. An attempt that finds the queue full
 * fails at once; one that waits leaves the queue when its caller gives up or its deadline passes.
 */
export function withConcurrencyLimit(
  { concurrency, maxQueued, clock }: ConcurrencyParts,
  next: (attempt: Attempt) => Promise<AttemptOutcome>,
): (attempt: Attempt) => Promise<AttemptOutcome> {
  const limit = pLimit(concurrency)
  // Not `limit.pendingCount`, which still counts those who left: p-limit cannot take one out of its queue.
  let waiting = 0

  return async function takeSlot(attempt) {
    if (limit.activeCount < concurrency) return limit(next, attempt)
    if (waiting >= maxQueued) return overloaded('too many calls wait already')
    return waitForSlot(attempt)
  }

  function waitForSlot(attempt: Attempt): Promise<AttemptOutcome> {
    const { call } = attempt
    return new Promise((resolve, reject) => {
      let isWaiting = true
      const stopWaiting = () => {
        isWaiting = false
        waiting -= 1
        stopTimer()
        call.signal?.removeEventListener('abort', leaveOnAbort)
      }
      const leaveOnAbort = () => {
        stopWaiting()
        resolve({ kind: 'failed', error: abortedByCaller(call) })
      }
      const stopTimer = clock.startTimer(call.deadline.remainingMs(), () => {
        stopWaiting()
        resolve(overloaded('no slot became free before the deadline'))
      })
      waiting += 1
      call.signal?.addEventListener('abort', leaveOnAbort)

      limit(async function useSlot() {
        if (!isWaiting) return
        stopWaiting()
        await next(attempt).then(resolve, reject)
      })
    })
  }
}

function overloaded(why: string): AttemptOutcome {
  // Final, not throttled: more attempts of our own are what this queue has too many of.
  return { kind: 'failed', error: new ThrottledError('OVERLOADED', why) }
}
