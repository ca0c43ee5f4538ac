import type { Resolvers } from '@coupon-gateway/schema'
import { DateTimeResolver } from 'graphql-scalars'
import type { GatewayContext } from '../context.ts'
import { DateScalar } from '../scalars/date.ts'
import { DecimalScalar } from '../scalars/decimal.ts'
import { confirmReservation } from './confirm-reservation.ts'
import { coupon } from './coupon.ts'
import { couponRedemptions } from './coupon-redemptions.ts'
import { createCoupon } from './create-coupon.ts'
import { deleteCoupon } from './delete-coupon.ts'
import { rateLimit } from './rate-limit.ts'
import { redeemCoupon } from './redeem-coupon.ts'
import { redemption } from './redemption.ts'
import { redemptions } from './redemptions.ts'
import { releaseReservation } from './release-reservation.ts'
import { reserveCoupon } from './reserve-coupon.ts'
import { rollbackRedemption } from './rollback-redemption.ts'
import { updateCoupon } from './update-coupon.ts'
import { validateCoupon, validateCoupons } from './validate-coupon.ts'
import { writtenCoupon } from './written-coupon.ts'

/** The resolvers of the schema, one file a root field. What has none below is a plain value. */
export const resolvers: Resolvers<GatewayContext> = {
  Query: { validateCoupon, validateCoupons, coupon, redemption, redemptions, rateLimit },
  Mutation: {
    redeemCoupon,
    reserveCoupon,
    confirmReservation,
    releaseReservation,
    rollbackRedemption,
    createCoupon,
    updateCoupon,
    deleteCoupon,
  },
  Coupon: { redemptions: couponRedemptions },
  CreateCouponPayload: { coupon: writtenCoupon },
  UpdateCouponPayload: { coupon: writtenCoupon },
  Date: DateScalar,
  DateTime: DateTimeResolver,
  Decimal: DecimalScalar,
}
