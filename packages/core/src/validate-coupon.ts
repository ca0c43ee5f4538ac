import type { CouponCode } from '@coupon-gateway/coupon-code'
import type { Queryable } from '@coupon-gateway/database'
import type { Coupon } from './coupon.ts'
import { COUPON_COLUMNS, COUPON_TABLES, toStoredCoupon } from './coupon-row.ts'

export interface ValidateCouponInput {
  readonly accountId: number
  readonly code: CouponCode
  /** With a user, the answer also says whether this user may still redeem it. */
  readonly userId: string | null
}

/** Why a coupon cannot be used. `EXHAUSTED` is final: no unit will be free again. */
export type ValidateRejection =
  | 'NOT_FOUND'
  | 'NOT_STARTED'
  | 'EXPIRED'
  | 'EXHAUSTED'
  | 'ALREADY_REDEEMED_BY_USER'

export type ValidateCouponResult =
  | { readonly outcome: 'usable'; readonly coupon: Coupon }
  /** `coupon` is null when there is none with this code (in this account). */
  | {
      readonly outcome: 'rejected'
      readonly reason: ValidateRejection
      readonly coupon: Coupon | null
    }

/** Says whether a coupon could be redeemed now. Changes nothing and promises nothing. */
export async function validateCoupon(
  database: Queryable,
  input: ValidateCouponInput,
): Promise<ValidateCouponResult> {
  const [row] = await database.query<{ rejection: ValidateRejection | null }>(
    `select ${COUPON_COLUMNS}, rejection_of(coupon, coupon_usage, $3) as rejection
     from ${COUPON_TABLES} where account_id = $1 and code = $2 and deleted_at is null`,
    [input.accountId, input.code, input.userId],
  )
  if (row === undefined) return { outcome: 'rejected', reason: 'NOT_FOUND', coupon: null }
  const { coupon } = toStoredCoupon(row)
  return row.rejection === null
    ? { outcome: 'usable', coupon }
    : { outcome: 'rejected', reason: row.rejection, coupon }
}
