import type { CouponResolvers } from '@coupon-gateway/schema'
import type { GatewayContext } from '../context.ts'
import { requireScope } from '../require-scope.ts'
import { readPageArguments, toConnection } from './redemption-connection.ts'

/** The log of one coupon. The upstream's is by code, and goes on with the deleted coupons that had it before. */
export const couponRedemptions: NonNullable<
  CouponResolvers<GatewayContext>['redemptions']
> = async ({ id, code }, page, context) => {
  requireScope(context, 'redemption:read')
  const { limit, cursor } = readPageArguments(page)
  const { redemptions, nextCursor } = await context.calls.make((options) =>
    context.upstream.listRedemptions({ code, limit, cursor }, options),
  )
  const own = redemptions.filter(({ couponId }) => couponId === id)
  // Newest first: after the first row of an earlier coupon none of this one can follow.
  const endsHere = own.length < redemptions.length
  return toConnection({ redemptions: own, nextCursor: endsHere ? null : nextCursor }, page)
}
