import { networkOf } from '@coupon-gateway/service'
import { RateLimiterMemory } from 'rate-limiter-flexible'

/**
 * How often one network may send keys that are none, in a minute. Nobody guesses 160 random bits: what this bounds is
 * the queries that made-up keys cost. It leaves room for many honest callers with an old key behind one address.
 */
const GUESSES_A_MINUTE = 120
const WINDOW_SECONDS = 60

/**
 * Keys that turned out to be none, counted by the network that they came from, in this process. They are counted
 * when it has turned out: those under way at once may go past the bound, and honest ones are never in its way.
 */
export interface KeyGuesses {
  /** Seconds until this network may try an unknown key again; 0 when it may now. */
  secondsToWait(address: string): Promise<number>
  count(address: string): Promise<void>
}

export function createKeyGuesses(): KeyGuesses {
  const limiter = new RateLimiterMemory({ points: GUESSES_A_MINUTE, duration: WINDOW_SECONDS })
  return {
    async secondsToWait(address) {
      const state = await limiter.get(networkOf(address))
      if (state === null || state.consumedPoints < GUESSES_A_MINUTE) return 0
      return Math.max(1, Math.ceil(state.msBeforeNext / 1000))
    },
    async count(address) {
      await limiter.penalty(networkOf(address))
    },
  }
}
