import { type CouponCode, parseCouponCode } from '@coupon-gateway/coupon-code'
import type { MutationResolvers } from '@coupon-gateway/schema'
import { nameOf } from '../caller.ts'
import type { GatewayContext } from '../context.ts'
import { gatewayError } from '../gateway-error.ts'
import { requireScope } from '../require-scope.ts'
import { findRedeemInputProblems } from './input-rules.ts'
import { refusal } from './redemption-payload.ts'
import { TAKE_REFUSAL } from './take-refusal.ts'
import { toInputErrors, toUserErrors, write } from './write.ts'

export const redeemCoupon: NonNullable<MutationResolvers<GatewayContext>['redeemCoupon']> = async (
  _parent,
  { input },
  context,
) => {
  requireScope(context, 'coupon:redeem')
  const problems = findRedeemInputProblems(input)
  const code = parseCouponCode(input.code)
  if (problems.length > 0 || code === undefined) return refusal(toInputErrors(problems))
  if (context.caller.kind === 'staff') await requireOnsiteCoupon(context, code)

  const { userId, memo, onsitePassword, idempotencyKey } = input
  const result = await write(
    context,
    (upstream, options) =>
      upstream.redeem({ code, userId, memo, onsitePassword, idempotencyKey }, options),
    code,
  )
  if (result.outcome !== 'redeemed') return refusal(toUserErrors(result, TAKE_REFUSAL))
  const { redemption, replayed } = result
  return {
    redemption: {
      // A hosted upstream names no redemption: the key does.
      id: redemption.id ?? idempotencyKey,
      code,
      status: 'REDEEMED',
      userId: userId ?? null,
      memo: memo ?? null,
      idempotencyKey,
      ordinal: redemption.ordinal,
      redeemedAt: redemption.redeemedAt,
      expiresAt: null,
      rolledBackAt: null,
      rollbackReason: null,
    },
    replayed,
    userErrors: [],
  }
}

/** Staff in a shop redeem what is redeemed in a shop, and nothing else. */
async function requireOnsiteCoupon(context: GatewayContext, code: CouponCode): Promise<void> {
  const { coupon } = await context.validations.load({ code, userId: null })
  if (coupon !== null && !coupon.onsite) {
    throw gatewayError('FORBIDDEN', `A ${nameOf(context.caller)} redeems on-site coupons only.`)
  }
}
