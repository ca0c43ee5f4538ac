import type { Coupon } from '../contract/coupon-store.ts'

export interface CouponRow {
  readonly id: string
  readonly code: string
  readonly name: string
  readonly discount_type: number
  readonly discount: number
  readonly starts_on: string | null
  readonly ends_on: string | null
  readonly use_limit: number
  readonly used: number
  readonly last_ordinal: number
  /** The day by the database's clock. */
  readonly today: string
}

// Days as text: as dates the driver would put them into a time zone.
export const COUPON_COLUMNS = `id, code, name, discount_type, discount, starts_on::text, ends_on::text, use_limit,
  used, last_ordinal, current_date::text as today`

export function toCoupon(row: CouponRow): Coupon {
  return {
    id: row.id,
    code: row.code,
    name: row.name,
    discountType: row.discount_type,
    discount: row.discount,
    startsOn: row.starts_on,
    endsOn: row.ends_on,
    useLimit: row.use_limit,
    used: row.used,
  }
}
