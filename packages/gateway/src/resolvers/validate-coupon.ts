import type { ValidateResult } from '@coupon-gateway/client'
import type { CouponCode } from '@coupon-gateway/coupon-code'
import type {
  CouponRejectionReason,
  QueryResolvers,
  ResolversParentTypes,
} from '@coupon-gateway/schema'
import type { GatewayContext } from '../context.ts'
import { gatewayError } from '../gateway-error.ts'
import { MAX_CODES } from '../list-sizes.ts'
import { requireScope } from '../require-scope.ts'
import { readCode, readUserId } from './arguments.ts'
import { needsUser, toCoupon } from './coupon-answer.ts'

export const validateCoupon: NonNullable<QueryResolvers<GatewayContext>['validateCoupon']> = async (
  _parent,
  { code, userId },
  context,
) => {
  requireScope(context, 'coupon:validate')
  return validate(context, readCode(code, 'code'), readUserId(userId))
}

export const validateCoupons: NonNullable<
  QueryResolvers<GatewayContext>['validateCoupons']
> = async (_parent, { codes, userId }, context) => {
  requireScope(context, 'coupon:validate')
  if (codes.length > MAX_CODES) {
    throw gatewayError(
      'BAD_USER_INPUT',
      `\`codes\` must be a list of at most ${MAX_CODES} codes, got ${codes.length}.`,
    )
  }
  const user = readUserId(userId)
  // All are read before the first is asked about: a list with a bad code costs nothing.
  const read = codes.map((code, index) => readCode(code, `codes[${index}]`))
  return Promise.all(read.map((code) => validate(context, code, user)))
}

async function validate(
  { validations }: GatewayContext,
  code: CouponCode,
  userId: string | null,
): Promise<ResolversParentTypes['CouponValidation']> {
  const result = await validations.load({ code, userId })
  const reason = reasonOf(result, userId)
  return {
    code,
    valid: reason === null,
    reason,
    // A hosted upstream shows the coupon beside a reason of its own, which is NOT_FOUND here.
    coupon: result.coupon === null || reason === 'NOT_FOUND' ? null : toCoupon(result.coupon),
    validatedAt: new Date().toISOString(),
  }
}

/** The question is whether it can be redeemed as asked: without a user, one that needs a user cannot. */
function reasonOf(result: ValidateResult, userId: string | null): CouponRejectionReason | null {
  if (result.outcome === 'rejected') {
    // A hosted upstream's own reasons have no word in the contract: to the client there is no such coupon.
    return result.reason === 'UNKNOWN' ? 'NOT_FOUND' : result.reason
  }
  return needsUser(result.coupon) && userId === null ? 'USER_ID_REQUIRED' : null
}
