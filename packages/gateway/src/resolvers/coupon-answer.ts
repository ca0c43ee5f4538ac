import type { UpstreamCoupon } from '@coupon-gateway/client'
import type { ResolversParentTypes } from '@coupon-gateway/schema'

/** A coupon but for its log, which has a resolver of its own. */
export type CouponAnswer = ResolversParentTypes['Coupon']

/** The question whether a coupon can be redeemed needs a user from two uses on. */
export const needsUser = ({ useLimit }: UpstreamCoupon) => useLimit >= 2

/** Translates a coupon of the upstream. What only its issuer may see, such as its memo, stays behind. */
export function toCoupon(coupon: UpstreamCoupon): CouponAnswer {
  const { useLimit, used, held, remaining, discount } = coupon
  return {
    id: coupon.id,
    code: coupon.code,
    name: coupon.name === '' ? null : coupon.name,
    discount:
      coupon.discountKind === 'percent'
        ? { __typename: 'PercentageDiscount', percent: String(discount) }
        : {
            __typename: 'AmountDiscount',
            amount: { amount: String(discount), currency: coupon.currency ?? '' },
          },
    startsOn: coupon.startsOn,
    endsOn: coupon.endsOn,
    usage: { limit: useLimit === 0 ? null : useLimit, used, reserved: held, remaining },
    userLimit: coupon.userLimit,
    requiresUserId: needsUser(coupon),
    requiresOnsitePassword: coupon.requiresOnsitePassword,
  }
}
