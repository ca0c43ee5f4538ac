import type pg from 'pg'
import { answerKey, couponKey, redemptionKey, usersKey } from './keys.ts'
import type { Redis } from './open-redis.ts'

const PAGE = 1_000

/**
 * Takes a coupon that Redis does not have over from PostgreSQL: its count, its users, the answers to its keys. What was
 * granted but never written is not there.
 *
 * @returns false when PostgreSQL does not have it either
 */
export async function fillCoupon(redis: Redis, pool: pg.Pool, code: string): Promise<boolean> {
  const { rows } = await pool.query(
    `select id, use_limit, used, last_ordinal, starts_on::text, ends_on::text
     from coupons where code = $1 and deleted_at is null`,
    [code],
  )
  const coupon = rows[0]
  if (coupon === undefined) return false
  let after = 0
  for (;;) {
    const { rows: page } = await pool.query(
      `select id, ordinal, user_id, memo, idempotency_key, request_hash, redeemed_at, rolled_back_at,
         rollback_reason
       from redemptions where coupon_id = $1 and ordinal > $2 order by ordinal limit $3`,
      [coupon.id, after, PAGE],
    )
    const commands = redis.multi()
    for (const row of page) fillRedemption(commands, code, coupon, row)
    await commands.exec()
    if (page.length < PAGE) break
    after = page.at(-1).ordinal
  }
  // Last: a coupon that is there is complete.
  await redis.fillCoupon(
    [couponKey(code)],
    [
      coupon.id,
      String(coupon.use_limit),
      String(coupon.used),
      String(coupon.last_ordinal),
      coupon.starts_on ?? '',
      coupon.ends_on ?? '',
    ],
  )
  return true
}

interface LoggedRow {
  readonly id: string
  readonly ordinal: number
  readonly user_id: string | null
  readonly memo: string | null
  readonly idempotency_key: string | null
  readonly request_hash: string
  readonly redeemed_at: Date
  readonly rolled_back_at: Date | null
  readonly rollback_reason: string | null
}

function fillRedemption(
  commands: ReturnType<Redis['multi']>,
  code: string,
  coupon: { readonly id: string; readonly use_limit: number },
  row: LoggedRow,
): void {
  const at = row.redeemed_at.toISOString()
  commands.hSet(redemptionKey(row.id), {
    coupon: couponKey(code),
    couponId: coupon.id,
    ordinal: row.ordinal,
    user: row.user_id ?? '',
    memo: row.memo ?? '',
    key: row.idempotency_key ?? '',
    at,
    ...(row.rolled_back_at === null
      ? {}
      : { endedAt: row.rolled_back_at.toISOString(), reason: row.rollback_reason ?? '' }),
  })
  if (row.user_id !== null && row.rolled_back_at === null) {
    commands.sAdd(usersKey(code), row.user_id)
  }
  if (row.idempotency_key === null) return
  const answer = {
    redemptionId: row.id,
    ordinal: row.ordinal,
    used: row.ordinal,
    remaining: coupon.use_limit === 0 ? null : coupon.use_limit - row.ordinal,
    redeemedAt: at,
  }
  commands.hSet(answerKey(row.idempotency_key), {
    hash: row.request_hash,
    answer: JSON.stringify(answer),
  })
}
