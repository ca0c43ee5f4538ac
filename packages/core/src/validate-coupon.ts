import type { CouponCode } from '@coupon-gateway/coupon-code'
import type { Queryable } from '@coupon-gateway/database'
import type { Coupon } from './coupon.ts'
import { type CouponForDecision, readPictures } from './coupon-row.ts'
import type { PictureReader } from './picture-reader.ts'
import { findRejection, type ValidateRejection } from './rules.ts'

export interface ValidateCouponInput {
  readonly accountId: number
  readonly code: CouponCode
  /** With a user, the answer also says whether this user may still redeem it. */
  readonly userId: string | null
}

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
  readPicture: PictureReader,
  input: ValidateCouponInput,
): Promise<ValidateCouponResult> {
  return judge(await readPicture(input), input.userId)
}

export interface ValidateManyInput {
  readonly accountId: number
  /** A code may be asked for more than once. */
  readonly codes: readonly CouponCode[]
  readonly userId: string | null
}

/** Says of each code, in the order asked, what {@link validateCoupon} says of one. */
export async function validateCoupons(
  database: Queryable,
  { accountId, codes, userId }: ValidateManyInput,
): Promise<readonly ValidateCouponResult[]> {
  const asked = [...new Set(codes)]
  const pictures = await readPictures(
    database,
    asked.map((code) => ({ accountId, code, userId })),
  )
  const results = new Map(asked.map((code, n) => [code, judge(pictures[n], userId)]))
  return codes.map((code) => results.get(code) as ValidateCouponResult)
}

function judge(
  picture: CouponForDecision | undefined,
  userId: string | null,
): ValidateCouponResult {
  if (picture === undefined) return { outcome: 'rejected', reason: 'NOT_FOUND', coupon: null }
  const reason = findRejection(picture, userId)
  const { coupon } = picture
  return reason === null ? { outcome: 'usable', coupon } : { outcome: 'rejected', reason, coupon }
}
