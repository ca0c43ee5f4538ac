import type { UpstreamCoupon, ValidateResult } from '@coupon-gateway/client'
import { COUPON_CODE_RULE, type CouponCode, parseCouponCode } from '@coupon-gateway/coupon-code'
import type {
  Coupon,
  CouponRejectionReason,
  CouponValidation,
  QueryResolvers,
} from '@coupon-gateway/schema'
import type { GatewayContext } from '../context.ts'
import { gatewayError } from '../gateway-error.ts'
import { requireScope } from '../require-scope.ts'
import { findUserIdProblem } from './input-rules.ts'

const MAX_CODES = 20

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
): Promise<CouponValidation> {
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

const needsUser = ({ useLimit }: UpstreamCoupon) => useLimit >= 2

function toCoupon(coupon: UpstreamCoupon): Coupon {
  const { useLimit, used, remaining, discount } = coupon
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
    usage: { limit: useLimit === 0 ? null : useLimit, used, remaining },
    userLimit: coupon.userLimit,
    requiresUserId: needsUser(coupon),
    requiresOnsitePassword: coupon.requiresOnsitePassword,
  }
}

function readCode(typed: string, argument: string): CouponCode {
  const code = parseCouponCode(typed)
  if (code === undefined) {
    throw gatewayError('BAD_USER_INPUT', `\`${argument}\` must be ${COUPON_CODE_RULE}.`)
  }
  return code
}

function readUserId(userId: string | null | undefined): string | null {
  if (userId === null || userId === undefined) return null
  const problem = findUserIdProblem(userId)
  if (problem !== undefined) throw gatewayError('BAD_USER_INPUT', `\`userId\` ${problem}.`)
  return userId
}
