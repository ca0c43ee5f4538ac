import type { CouponCode } from '@coupon-gateway/coupon-code'
import type { Database, Queryable } from '@coupon-gateway/database'
import { matchesOnsitePassword } from './onsite-password.ts'
import type { Overloaded } from './take.ts'

/** Wrong tries of one caller on one coupon, before that caller must wait. */
const MAX_FAILURES_OF_CALLER = 5
/** Wrong tries of all callers on one coupon, before all must wait: guessing must not pay by changing callers. */
const MAX_FAILURES_OF_COUPON = 50
/** How long tries are locked, and after how long earlier failures are forgotten. */
const WINDOW_SECONDS = 15 * 60
/** Tries that may wait for each other on one coupon in this process. */
const MAX_WAITING = 100
/** A full queue takes about so long: a comparison by scrypt takes tens of milliseconds. */
const RETRY_AFTER_MS = 3_000

const ALL_CALLERS = ''

/** What became of a password that came with a redemption. */
export type OnsitePasswordCheck =
  /** `hash` is the stored hash it was compared with; null: the coupon needs no password, or is not there. */
  | { readonly outcome: 'passed'; readonly hash: string | null }
  | { readonly outcome: 'wrong' }
  | { readonly outcome: 'locked'; readonly retryAfterSeconds: number }
  | Overloaded

/**
 * Checks an on-site password and counts wrong tries, per coupon and per caller (rule 4).
 *
 * Tries on one coupon go one after the other: in the process by a queue, so that a flood of guesses holds
 * one connection of the pool and not all; between processes by the row lock on the count. So parallel
 * guesses never get more than the allowed tries.
 */
export type CheckOnsitePassword = (
  accountId: number,
  code: CouponCode,
  caller: string,
  password: string,
) => Promise<OnsitePasswordCheck>

/** Makes the check over a database. One per process: it holds the queues. */
export function createOnsitePasswordCheck(database: Database): CheckOnsitePassword {
  const queues = new Map<string, { tail: Promise<unknown>; waiting: number }>()

  return async function checkOnsitePassword(accountId, code, caller, password) {
    const [coupon] = await database.query<{ id: string; hash: string | null }>(
      `select id, onsite_password_hash as hash from coupon
       where account_id = $1 and code = $2 and deleted_at is null`,
      [accountId, code],
    )
    if (coupon === undefined || coupon.hash === null) return { outcome: 'passed', hash: null }
    const { id, hash } = coupon

    const queue = queues.get(id) ?? { tail: Promise.resolve(), waiting: 0 }
    if (queue.waiting >= MAX_WAITING) return { outcome: 'overloaded', retryAfterMs: RETRY_AFTER_MS }
    queues.set(id, queue)
    queue.waiting += 1
    const check = queue.tail.then(() =>
      database.transaction((transaction) => tryPassword(transaction, id, hash, caller, password)),
    )
    queue.tail = check.catch(() => {})
    try {
      return await check
    } finally {
      queue.waiting -= 1
      if (queue.waiting === 0) queues.delete(id)
    }
  }
}

async function tryPassword(
  transaction: Queryable,
  couponId: string,
  hash: string,
  caller: string,
  password: string,
): Promise<OnsitePasswordCheck> {
  await transaction.query(
    `insert into onsite_password_attempt (coupon_id, caller)
     values ($1, $2), ($1, $3) on conflict do nothing`,
    [couponId, ALL_CALLERS, caller],
  )
  // Ordered, so that two processes lock the two rows in one order.
  const attempts = await transaction.query<{ wait: number }>(
    `select greatest(0, ceil(extract(epoch from locked_until - clock_timestamp())))::int as wait
     from onsite_password_attempt where coupon_id = $1 and caller in ($2, $3)
     order by caller for update`,
    [couponId, ALL_CALLERS, caller],
  )
  const retryAfterSeconds = Math.max(...attempts.map(({ wait }) => wait))
  if (retryAfterSeconds > 0) return { outcome: 'locked', retryAfterSeconds }

  if (await matchesOnsitePassword(password, hash)) {
    await transaction.query(
      'update onsite_password_attempt set failures = 0 where coupon_id = $1 and caller = $2 and failures > 0',
      [couponId, caller],
    )
    return { outcome: 'passed', hash }
  }
  await transaction.query(
    `update onsite_password_attempt as attempt set
       failures = case when counted.failures >= threshold then 0 else counted.failures end,
       counted_since = case when counted.failures = 1 then clock_timestamp() else counted_since end,
       locked_until = case when counted.failures >= threshold
         then clock_timestamp() + make_interval(secs => $6) else locked_until end
     from (values ($2, $4::int), ($3, $5::int)) as rule (caller, threshold),
       lateral (
         select 1 + case when counted_since < clock_timestamp() - make_interval(secs => $6)
           then 0 else failures end as failures
         from onsite_password_attempt
         where coupon_id = $1 and onsite_password_attempt.caller = rule.caller
       ) as counted
     where coupon_id = $1 and attempt.caller = rule.caller`,
    [couponId, ALL_CALLERS, caller, MAX_FAILURES_OF_COUPON, MAX_FAILURES_OF_CALLER, WINDOW_SECONDS],
  )
  return { outcome: 'wrong' }
}
