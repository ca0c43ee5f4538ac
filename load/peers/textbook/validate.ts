import type pg from 'pg'
import type { Validation } from '../contract/coupon-store.ts'
import { isExhausted, whyNot } from '../contract/why-not.ts'
import { COUPON_COLUMNS, type CouponRow, toCoupon } from './coupon-row.ts'

/** Whether a coupon could be redeemed now, by this user when one is named. Locks nothing. */
export async function validate(
  pool: pg.Pool,
  code: string,
  userId: string | null,
): Promise<Validation> {
  const { rows } = await pool.query<CouponRow & { readonly redeemed: boolean }>(
    `select ${COUPON_COLUMNS}, exists (
       select from redemptions
       where coupon_id = coupons.id and user_id = $2 and rolled_back_at is null
     ) as redeemed
     from coupons where code = $1 and deleted_at is null`,
    [code, userId],
  )
  const row = rows[0]
  if (row === undefined) return { outcome: 'refused', reason: 'NOT_FOUND' }
  const coupon = toCoupon(row)
  // Nobody has to be named to ask.
  const refusal = whyNot(coupon, row.today, userId ?? '')
  if (refusal !== null) return { outcome: 'refused', reason: refusal }
  if (row.redeemed) return { outcome: 'refused', reason: 'ALREADY_REDEEMED_BY_USER' }
  if (isExhausted(coupon)) return { outcome: 'refused', reason: 'EXHAUSTED' }
  return { outcome: 'valid', coupon }
}
