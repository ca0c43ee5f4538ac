import type { QueryResolvers } from '@coupon-gateway/schema'
import type { GatewayContext } from '../context.ts'
import { requireScope } from '../require-scope.ts'
import { readCode } from './arguments.ts'
import { toCoupon } from './coupon-answer.ts'

export const coupon: NonNullable<QueryResolvers<GatewayContext>['coupon']> = async (
  _parent,
  { code },
  context,
) => {
  requireScope(context, 'coupon:manage')
  const found = await context.validations.load({ code: readCode(code, 'code'), userId: null })
  return found.coupon === null ? null : toCoupon(found.coupon)
}
