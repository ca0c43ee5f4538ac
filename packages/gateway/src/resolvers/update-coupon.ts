import { parseCouponCode } from '@coupon-gateway/coupon-code'
import type {
  MutationResolvers,
  ResolversParentTypes,
  UpdateCouponPayload,
} from '@coupon-gateway/schema'
import type { GatewayContext } from '../context.ts'
import { requireScope } from '../require-scope.ts'
import { toCoupon } from './coupon-answer.ts'
import { pathOfSetting, toDiscountSettings, toSettings } from './coupon-settings.ts'
import { findUpdateInputProblems } from './input-rules.ts'
import { REJECTION_MESSAGES } from './rejection-messages.ts'
import { userError } from './user-error.ts'
import { toInputErrors, toUserErrors, write } from './write.ts'

export const updateCoupon: NonNullable<MutationResolvers<GatewayContext>['updateCoupon']> = async (
  _parent,
  { input },
  context,
) => {
  requireScope(context, 'coupon:manage')
  const problems = findUpdateInputProblems(input)
  const code = parseCouponCode(input.code)
  if (problems.length > 0 || code === undefined) return refusal(toInputErrors(problems))

  const { discount, idempotencyKey } = input
  const changes = {
    ...toSettings(input),
    ...(discount == null ? {} : toDiscountSettings(discount)),
  }
  const result = await write(
    context,
    (upstream, options) => upstream.update({ code, changes, idempotencyKey }, options),
    code,
  )
  if (result.outcome === 'updated') {
    const { coupon, replayed } = result
    return { code, coupon: coupon === null ? null : toCoupon(coupon), replayed, userErrors: [] }
  }
  return refusal(
    toUserErrors(result, {
      pathOf: (field) => pathOfSetting(field, discount),
      toError({ reason }) {
        if (reason === 'UNKNOWN') {
          return userError('INVALID_INPUT', null, 'The coupon service does not make this change.')
        }
        const path = reason === 'NOT_FOUND' ? 'code' : null
        return userError(reason, path, REJECTION_MESSAGES[reason])
      },
    }),
  )
}

function refusal(
  userErrors: UpdateCouponPayload['userErrors'],
): ResolversParentTypes['UpdateCouponPayload'] {
  return { code: null, coupon: null, replayed: false, userErrors }
}
