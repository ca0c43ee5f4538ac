import { LRUCache } from 'lru-cache'

/** What may be used at once is what comes back in so long a time: a page that opens asks for several things. */
const BURST_MS = 1_000
/** However little may be used in a minute. */
const SMALLEST_BURST = 20

const MINUTE_MS = 60_000
/** As many as of windows, and for the same reason. */
const MAX_SUBJECTS = 100_000

/** Lets each of many subjects use so much a minute at an even pace, and a little of it at once. */
export interface PacedCounters {
  /** Milliseconds until the subject may go on; 0 when it may now. */
  msToWait(subject: string): number
  /** Takes from what the subject may use, and goes into debt where there is less. */
  take(subject: string, amount: number): void
}

/**
 * Keeps one number for each subject: when all that it used will have come back. A window of a minute would let somebody
 * use the whole minute's work up in its first second, which everybody else would wait for.
 *
 * @see https://www.itu.int/rec/T-REC-I.371 for the generic cell rate algorithm
 */
export function createPacedCounters(perMinute: number, now: () => number): PacedCounters {
  const msOfOne = MINUTE_MS / perMinute
  const burstMs = Math.max(BURST_MS, SMALLEST_BURST * msOfOne)
  const settledAtMs = new LRUCache<string, number>({ max: MAX_SUBJECTS })
  const debtMs = (subject: string) => Math.max(0, (settledAtMs.get(subject) ?? 0) - now())
  return {
    // Up to a whole one may be left over by the clock.
    msToWait: (subject) => Math.max(0, Math.ceil(debtMs(subject) + msOfOne - burstMs)),
    take(subject, amount) {
      settledAtMs.set(subject, now() + debtMs(subject) + amount * msOfOne)
    },
  }
}
