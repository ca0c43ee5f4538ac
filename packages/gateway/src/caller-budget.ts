import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'
import type { Caller } from './caller.ts'
import { gatewayError } from './gateway-error.ts'

const WINDOW_SECONDS = 60
/** What {@link CallerBudgets.charge} takes: budgets are counted in calls. */
export const CALL_COST = 1

/** How much of a key's budget is used, in upstream calls of the current window. */
export interface BudgetState {
  readonly limit: number
  /** Never above the limit, although calls under way may have failed past it. */
  readonly used: number
  readonly remaining: number
  readonly resetAt: Date
}

/** The budgets of all keys, in this process. */
export interface CallerBudgets {
  /** Takes one upstream call. @throws GraphQLError RATE_LIMITED with `retryAfterMs` when none is left */
  charge(key: Caller): Promise<void>
  /** Takes more for a call that was made already, so it takes what is left and refuses nothing. */
  penalize(key: Caller, cost: number): Promise<void>
  read(key: Caller): Promise<BudgetState>
}

/**
 * Counts the upstream calls of each key in windows of a minute. Charged where a call is made and not per
 * request, so that an alias or a list pays for each code it asks about.
 */
export function createCallerBudgets(): CallerBudgets {
  const limiters = new Map<number, RateLimiterMemory>()
  const limiterOf = ({ callsPerMinute }: Caller) => {
    const known = limiters.get(callsPerMinute)
    if (known !== undefined) return known
    const limiter = new RateLimiterMemory({ points: callsPerMinute, duration: WINDOW_SECONDS })
    limiters.set(callsPerMinute, limiter)
    return limiter
  }
  return {
    async charge(key) {
      try {
        await limiterOf(key).consume(key.id, CALL_COST)
      } catch (refusal) {
        // The library rejects with a value that is no Error.
        if (!(refusal instanceof RateLimiterRes)) throw refusal
        throw gatewayError('RATE_LIMITED', 'This key has used up its calls of this minute.', {
          scope: 'CALLER',
          retryAfterMs: refusal.msBeforeNext,
        })
      }
    },
    async penalize(key, cost) {
      await limiterOf(key).penalty(key.id, cost)
    },
    async read(key) {
      const state = await limiterOf(key).get(key.id)
      const used = Math.min(state?.consumedPoints ?? 0, key.callsPerMinute)
      return {
        limit: key.callsPerMinute,
        used,
        remaining: key.callsPerMinute - used,
        resetAt: new Date(Date.now() + (state?.msBeforeNext ?? WINDOW_SECONDS * 1000)),
      }
    },
  }
}
