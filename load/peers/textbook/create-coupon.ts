import type pg from 'pg'
import type { NewCoupon } from '../contract/coupon-store.ts'

/** @returns false when there is a coupon with this code */
export async function createCoupon(pool: pg.Pool, coupon: NewCoupon): Promise<boolean> {
  const created = await pool.query(
    `insert into coupons (code, name, discount_type, discount, starts_on, ends_on, use_limit)
     values ($1, $2, $3, $4, $5, $6, $7)
     on conflict (code) where deleted_at is null do nothing`,
    [
      coupon.code,
      coupon.name,
      coupon.discountType,
      coupon.discount,
      coupon.startsOn,
      coupon.endsOn,
      coupon.useLimit,
    ],
  )
  return created.rowCount === 1
}

/** Deletes a coupon; its redemptions stay. @returns false when there is none with this code */
export async function deleteCoupon(pool: pg.Pool, code: string): Promise<boolean> {
  const deleted = await pool.query(
    'update coupons set deleted_at = now() where code = $1 and deleted_at is null',
    [code],
  )
  return deleted.rowCount === 1
}
