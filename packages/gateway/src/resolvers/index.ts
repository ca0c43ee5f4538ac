import type { Resolvers } from '@coupon-gateway/schema'
import { DateResolver, DateTimeResolver } from 'graphql-scalars'
import type { GatewayContext } from '../context.ts'
import { rateLimit } from './rate-limit.ts'
import { redeemCoupon } from './redeem-coupon.ts'
import { validateCoupon, validateCoupons } from './validate-coupon.ts'

/** The resolvers of the schema, one file a root field. Types below are plain values. */
export const resolvers: Resolvers<GatewayContext> = {
  Query: { validateCoupon, validateCoupons, rateLimit },
  Mutation: { redeemCoupon },
  Date: DateResolver,
  DateTime: DateTimeResolver,
}
