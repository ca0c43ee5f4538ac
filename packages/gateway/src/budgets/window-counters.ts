import { LRUCache } from 'lru-cache'

/** Budgets are given for a minute. */
export const WINDOW_MS = 60_000

/**
 * Windows that are kept of one kind, some 20 MB when full. Past it, the one that was used longest ago is forgotten.
 * Nobody is pushed out while he goes on: that takes as many others in between, each of whom has to make a charged
 * call of his own, and that many calls are worth more than what the forgotten window would have refused.
 */
const MAX_WINDOWS = 100_000

export interface WindowCountersOptions {
  readonly maxWindows?: number
  readonly now?: () => number
}

/** Counts what each of many subjects uses up in windows of a minute, which begin with their first use. */
export interface WindowCounters {
  /** What was used in the running window; 0 when there is none. */
  used(subject: string): number
  /** @returns what is used now */
  add(subject: string, amount: number): number
  /** Milliseconds to the end of the running window; a whole one when there is none. */
  msLeft(subject: string): number
}

/**
 * Windows in this process, bounded in number. The memory store of rate-limiter-flexible is not: it keeps an entry and
 * a timer for each subject of the last minute, and a flood of addresses makes as many as it likes (see docs/decisions).
 */
export function createWindowCounters({
  maxWindows = MAX_WINDOWS,
  now = Date.now,
}: WindowCountersOptions = {}): WindowCounters {
  const windows = new LRUCache<string, { used: number; endsAtMs: number }>({ max: maxWindows })
  const running = (subject: string) => {
    const window = windows.get(subject)
    return window !== undefined && window.endsAtMs > now() ? window : undefined
  }
  return {
    used: (subject) => running(subject)?.used ?? 0,
    add(subject, amount) {
      const window = running(subject)
      if (window === undefined) {
        windows.set(subject, { used: amount, endsAtMs: now() + WINDOW_MS })
        return amount
      }
      window.used += amount
      return window.used
    },
    msLeft(subject) {
      const window = running(subject)
      return window === undefined ? WINDOW_MS : window.endsAtMs - now()
    },
  }
}
