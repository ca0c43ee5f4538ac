import type { Coupon } from './coupon.ts'

/** Why a coupon cannot be used. */
export type ValidateRejection =
  | 'NOT_FOUND'
  | 'NOT_STARTED'
  | 'EXPIRED'
  /** Used up for good. */
  | 'EXHAUSTED'
  /** No unit is free now, but some are only reserved: trying later can succeed. */
  | 'ALL_HELD'
  | 'ALREADY_REDEEMED_BY_USER'

/** Why a unit was not taken. Nothing was changed. */
export type TakeRejection =
  | ValidateRejection
  | 'USER_ID_REQUIRED'
  | 'ONSITE_PASSWORD_REQUIRED'
  | 'ONSITE_PASSWORD_WRONG'

/** What decides about a coupon, all read at one moment. */
export interface CouponPicture {
  readonly coupon: Coupon
  /** Day by the database's clock in the account's zone, `YYYY-MM-DD`. */
  readonly today: string
  /** Units that stand and that this user has, reserved or redeemed. */
  readonly userUnits: number
}

/**
 * The rules of a coupon in the order in which they are told, for `validate` and for the strategies that decide in
 * the process. `take_units` in `migrations/0002-decide.sql` states the same rules for a whole batch; a model
 * test holds the two equal.
 *
 * @param userId null: nobody in particular, who has no limit of his own
 */
export function findRejection(
  { coupon, today, userUnits }: CouponPicture,
  userId: string | null,
): ValidateRejection | null {
  const { startsOn, endsOn, useLimit, userLimit, usage } = coupon
  // Days as YYYY-MM-DD compare as texts (rule 3).
  if (startsOn !== null && today < startsOn) return 'NOT_STARTED'
  if (endsOn !== null && today > endsOn) return 'EXPIRED'
  if (userId !== null && userUnits >= userLimit) return 'ALREADY_REDEEMED_BY_USER'
  if (useLimit > 0 && usage.used >= useLimit) return 'EXHAUSTED'
  if (useLimit > 0 && usage.used + usage.held >= useLimit) return 'ALL_HELD'
  return null
}

/** The rules of taking a unit: those of the coupon, and what the request must bring along (rules 2 and 4). */
export function findTakeRejection(
  picture: CouponPicture,
  onsitePasswordHash: string | null,
  request: { readonly userId: string | null; readonly verifiedHash: string | null },
): TakeRejection | null {
  const rejection = findRejection(picture, request.userId)
  if (rejection !== null && rejection !== 'ALL_HELD') return rejection
  if (picture.coupon.useLimit >= 2 && request.userId === null) return 'USER_ID_REQUIRED'
  if (onsitePasswordHash !== null && onsitePasswordHash !== request.verifiedHash) {
    return request.verifiedHash === null ? 'ONSITE_PASSWORD_REQUIRED' : 'ONSITE_PASSWORD_WRONG'
  }
  return rejection
}
