import type pg from 'pg'
import type { RedeemRequest, RedeemResult, Redemption } from '../contract/coupon-store.ts'
import { isExhausted, whyNot } from '../contract/why-not.ts'
import { COUPON_COLUMNS, type CouponRow, toCoupon } from './coupon-row.ts'
import { claimKey, storeResponse } from './idempotency-key.ts'
import { inTransaction } from './in-transaction.ts'
import { orRefused, Refused } from './refused.ts'

/**
 * Redeems as the textbook has it: one transaction, which locks the coupon, checks, records, counts.
 *
 * It is right. It is also as fast as the lock on the one row is held: four statements and a flush to the disk.
 */
export function redeem(pool: pg.Pool, request: RedeemRequest): Promise<RedeemResult> {
  return orRefused(inTransaction(pool, (client) => redeemIn(client, request)))
}

async function redeemIn(client: pg.PoolClient, request: RedeemRequest): Promise<RedeemResult> {
  const { code, userId, memo, idempotencyKey } = request
  if (idempotencyKey !== null) {
    const stored = await claimKey<Redemption>(client, idempotencyKey, request)
    if (stored !== null) return { outcome: 'redeemed', redemption: stored, replayed: true }
  }

  const { rows } = await client.query<CouponRow>(
    `select ${COUPON_COLUMNS} from coupons where code = $1 and deleted_at is null for update`,
    [code],
  )
  const row = rows[0]
  const refusal = whyNot(row && toCoupon(row), row?.today ?? '', userId)
  if (row === undefined || refusal !== null) throw new Refused(refusal ?? 'NOT_FOUND')
  if (userId !== null) {
    const redeemed = await client.query(
      'select 1 from redemptions where coupon_id = $1 and user_id = $2 and rolled_back_at is null',
      [row.id, userId],
    )
    if (redeemed.rowCount !== 0) throw new Refused('ALREADY_REDEEMED_BY_USER')
  }
  if (isExhausted(toCoupon(row))) throw new Refused('EXHAUSTED')

  const ordinal = row.last_ordinal + 1
  const inserted = await client.query<{ id: string; redeemed_at: Date }>(
    `insert into redemptions (coupon_id, ordinal, user_id, memo, idempotency_key)
     values ($1, $2, $3, $4, $5) returning id, redeemed_at`,
    [row.id, ordinal, userId, memo, idempotencyKey],
  )
  await client.query('update coupons set used = used + 1, last_ordinal = $2 where id = $1', [
    row.id,
    ordinal,
  ])
  const used = row.used + 1
  const redemption: Redemption = {
    redemptionId: inserted.rows[0]?.id ?? '',
    ordinal,
    used,
    remaining: row.use_limit === 0 ? null : row.use_limit - used,
    redeemedAt: inserted.rows[0]?.redeemed_at.toISOString() ?? '',
  }
  if (idempotencyKey !== null) await storeResponse(client, idempotencyKey, redemption)
  return { outcome: 'redeemed', redemption, replayed: false }
}
