import { parseCouponCode } from '@coupon-gateway/coupon-code'
import type { MutationResolvers } from '@coupon-gateway/schema'
import type { GatewayContext } from '../context.ts'
import { forbidStaff, requireScope } from '../require-scope.ts'
import { findReserveInputProblems } from './input-rules.ts'
import { refusal } from './redemption-payload.ts'
import { TAKE_REFUSAL } from './take-refusal.ts'
import { toInputErrors, toUserErrors, write } from './write.ts'

export const reserveCoupon: NonNullable<
  MutationResolvers<GatewayContext>['reserveCoupon']
> = async (_parent, { input }, context) => {
  forbidStaff(context)
  requireScope(context, 'coupon:redeem')
  const problems = findReserveInputProblems(input)
  const code = parseCouponCode(input.code)
  if (problems.length > 0 || code === undefined) return refusal(toInputErrors(problems))

  const { userId, memo, onsitePassword, ttlSeconds, idempotencyKey } = input
  const result = await write(
    context,
    (upstream, options) =>
      upstream.reserve({ code, userId, memo, onsitePassword, ttlSeconds, idempotencyKey }, options),
    code,
  )
  if (result.outcome !== 'reserved') return refusal(toUserErrors(result, TAKE_REFUSAL))
  const { reservation, replayed } = result
  return {
    redemption: {
      id: reservation.id,
      code,
      status: 'RESERVED',
      userId: userId ?? null,
      memo: memo ?? null,
      idempotencyKey,
      ordinal: reservation.ordinal,
      redeemedAt: null,
      expiresAt: reservation.expiresAt,
      rolledBackAt: null,
      rollbackReason: null,
    },
    replayed,
    userErrors: [],
  }
}
