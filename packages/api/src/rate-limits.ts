import type { Database, Queryable } from '@coupon-gateway/database'
import { LRUCache } from 'lru-cache'
import { RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible'
import { type CallLimits, formatCallLimits, WINDOW_SECONDS, WINDOWS } from './plans.ts'
import {
  allowedAgainAtMs,
  type CountedWindow,
  decide,
  type RateLimitDecision,
  refreshRefusal,
} from './rate-limit-decision.ts'

/**
 * The windows of all keys: minute, hour and day, each from the first call that falls into it, shared by every
 * process over one database.
 *
 * A call counts in all three windows or in none: they are counted in one transaction, which is rolled back when one
 * of them is full. So N calls are let through in a window, never N + 1, and a refusal costs the caller nothing.
 *
 * What it costs: an allowed call one transaction without a flush to disk; a refused one the same, once in a
 * process; then the refusal is kept in memory until a window has room again, and costs no query.
 */
export interface RateLimits {
  /**
   * Counts one call of a key, or refuses it.
   * @throws DatabaseBusyError
   * @throws DatabaseUnavailableError without the database nobody is let through: no call could be answered then
   */
  take(keyId: number, limits: CallLimits): Promise<RateLimitDecision>
}

/** Refused keys that are remembered. One that was pushed out costs a transaction again. */
const REMEMBERED_REFUSALS = 10_000

export function createRateLimits(database: Database): RateLimits {
  const refusals = new LRUCache<string, RateLimitDecision>({ max: REMEMBERED_REFUSALS })
  const lineOf = createLines()

  function recall(refusalKey: string): RateLimitDecision | undefined {
    const refusal = refusals.get(refusalKey)
    if (refusal === undefined) return undefined
    const nowMs = Date.now()
    if (nowMs < allowedAgainAtMs(refusal)) return refreshRefusal(refusal, nowMs)
    refusals.delete(refusalKey)
    return undefined
  }

  return {
    async take(keyId, limits) {
      // With its limits, so that a key whose plan was raised is not refused by the old one.
      const refusalKey = `${keyId}:${formatCallLimits(limits)}`
      const known = recall(refusalKey)
      if (known !== undefined) return known
      return lineOf(keyId, async () => {
        const refused = recall(refusalKey)
        if (refused !== undefined) return refused
        const decision = await count(database, keyId, limits)
        if (!decision.isAllowed) refusals.set(refusalKey, decision)
        return decision
      })
    },
  }
}

/** Ends the transaction of a refused call, so that it leaves no trace in any window. */
class Refused extends Error {
  readonly decision: RateLimitDecision

  constructor(decision: RateLimitDecision) {
    super('the call is over a rate limit')
    this.decision = decision
  }
}

async function count(
  database: Database,
  keyId: number,
  limits: CallLimits,
): Promise<RateLimitDecision> {
  try {
    return await database.transaction(async (transaction) => {
      // A crash of the server may forget the calls of its last moments; a flush for each would cost far more.
      await transaction.query("select set_config('synchronous_commit', 'off', true)")
      const counted: CountedWindow[] = []
      // Everywhere in this order, so that processes wait for each other at the first row and never in a circle.
      for (const window of WINDOWS) {
        const limit = limits[window]
        const seconds = WINDOW_SECONDS[window]
        counted.push({
          window,
          limit,
          ...(await consume(transaction, keyId, window, limit, seconds)),
        })
      }
      const decision = decide(counted)
      if (!decision.isAllowed) throw new Refused(decision)
      return decision
    })
  } catch (error) {
    if (error instanceof Refused) return error.decision
    throw error
  }
}

/** Counts a call in one window, by the library's store. It says "over the limit" by a rejection that is no Error. */
async function consume(
  transaction: Queryable,
  keyId: number,
  window: string,
  limit: number,
  seconds: number,
): Promise<{ calls: number; resetsAtMs: number }> {
  const limiter = new RateLimiterPostgres({
    storeClient: asClient(transaction),
    storeType: 'client',
    tableName: 'rate_limit_window',
    // By our migrations. Three rows a key stay as they are, so there is nothing to clear either.
    tableCreated: true,
    clearExpiredByTimeout: false,
    keyPrefix: window,
    points: limit,
    duration: seconds,
  })
  const nowMs = Date.now()
  const state = await limiter.consume(keyId).catch((refusal: unknown) => {
    if (refusal instanceof RateLimiterRes) return refusal
    throw refusal
  })
  return { calls: state.consumedPoints, resetsAtMs: nowMs + state.msBeforeNext }
}

/** What the library's store needs of `pg`'s client, over either of our databases. */
function asClient(transaction: Queryable) {
  return {
    async query({ text, values }: { readonly text: string; readonly values: unknown[] }) {
      const rows = await transaction.query(text, values)
      return { rows, rowCount: rows.length }
    },
  }
}

/**
 * Lets the calls of one key stand in line within this process. In the database they would wait for one row, each
 * with a connection of the pool in its hand, and keep it from the calls of every other key.
 */
function createLines() {
  const last = new Map<number, Promise<unknown>>()
  return function inLine<Result>(keyId: number, work: () => Promise<Result>): Promise<Result> {
    const before = last.get(keyId)
    const mine = before === undefined ? work() : before.then(work, work)
    last.set(keyId, mine)
    const leave = () => {
      if (last.get(keyId) === mine) last.delete(keyId)
    }
    mine.then(leave, leave)
    return mine
  }
}
