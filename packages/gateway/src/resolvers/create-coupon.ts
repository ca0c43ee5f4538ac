import type { CreateRejection, UnknownRejection } from '@coupon-gateway/client'
import type {
  CreateCouponInput,
  CreateCouponPayload,
  MutationResolvers,
  ResolversParentTypes,
} from '@coupon-gateway/schema'
import type { GatewayContext } from '../context.ts'
import { requireScope } from '../require-scope.ts'
import { toCoupon } from './coupon-answer.ts'
import { pathOfSetting, toDiscountSettings, toSettings } from './coupon-settings.ts'
import { CODE_LENGTHS, findCreateInputProblems } from './input-rules.ts'
import { REJECTION_MESSAGES } from './rejection-messages.ts'
import { userError } from './user-error.ts'
import { toInputErrors, toUserErrors, write } from './write.ts'

export const createCoupon: NonNullable<MutationResolvers<GatewayContext>['createCoupon']> = async (
  _parent,
  { input },
  context,
) => {
  requireScope(context, 'coupon:manage')
  const problems = findCreateInputProblems(input)
  if (problems.length > 0) return refusal(toInputErrors(problems))

  const { code, discount, idempotencyKey } = input
  const codeLength = CODE_LENGTHS.find((it) => it === input.codeLength)
  const settings = { ...toSettings(input), ...toDiscountSettings(discount) }
  const result = await write(context, (upstream, options) =>
    upstream.create({ code, codeLength, settings, idempotencyKey }, options),
  )
  if (result.outcome === 'created') {
    const { coupon, replayed } = result
    return {
      code: result.code,
      coupon: coupon === null ? null : toCoupon(coupon),
      replayed,
      userErrors: [],
    }
  }
  return refusal(
    toUserErrors(result, {
      pathOf: (field) => pathOfSetting(field, discount),
      toError: (rejected) => rejectionError(rejected, input),
    }),
  )
}

function rejectionError(
  { reason }: { readonly reason: CreateRejection } | UnknownRejection,
  { code }: CreateCouponInput,
) {
  if (reason !== 'UNKNOWN') return userError(reason, 'code', REJECTION_MESSAGES[reason])
  // A hosted upstream does not say why. Of a code that was asked for, that it is taken is likeliest.
  return code == null
    ? userError('INVALID_INPUT', null, 'The coupon service does not create this coupon.')
    : userError('CODE_TAKEN', 'code', 'The coupon service does not create a coupon with this code.')
}

function refusal(
  userErrors: CreateCouponPayload['userErrors'],
): ResolversParentTypes['CreateCouponPayload'] {
  return { code: null, coupon: null, replayed: false, userErrors }
}
