import type { Resolvers } from '@coupon-gateway/schema'
import type { GatewayContext } from '../context.ts'
import { countAnswers } from '../observability/count-answers.ts'
import { dateScalar } from '../scalars/date.ts'
import { dateTimeScalar } from '../scalars/date-time.ts'
import { decimalScalar } from '../scalars/decimal.ts'
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

/** Only what they do: a whole scalar type would take the place of the schema's, and of its description. */
const scalars = { Date: dateScalar, DateTime: dateTimeScalar, Decimal: decimalScalar }

/** The resolvers of the schema, one file a root field. What has none below is a plain value. */
export const resolvers: Omit<Resolvers<GatewayContext>, keyof typeof scalars> & typeof scalars = {
  Query: {
    ...countAnswers({ validateCoupon, validateCoupons }),
    coupon,
    redemption,
    redemptions,
    rateLimit,
  },
  Mutation: countAnswers({
    redeemCoupon,
    reserveCoupon,
    confirmReservation,
    releaseReservation,
    rollbackRedemption,
    createCoupon,
    updateCoupon,
    deleteCoupon,
  }),
  Coupon: { redemptions: couponRedemptions },
  CreateCouponPayload: { coupon: writtenCoupon },
  UpdateCouponPayload: { coupon: writtenCoupon },
  ...scalars,
}
