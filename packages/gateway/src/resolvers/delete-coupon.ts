import { parseCouponCode } from '@coupon-gateway/coupon-code'
import type { DeleteCouponPayload, MutationResolvers } from '@coupon-gateway/schema'
import type { GatewayContext } from '../context.ts'
import { requireScope } from '../require-scope.ts'
import { findDeleteInputProblems } from './input-rules.ts'
import { REJECTION_MESSAGES } from './rejection-messages.ts'
import { userError } from './user-error.ts'
import { toInputErrors, toUserErrors, write } from './write.ts'

export const deleteCoupon: NonNullable<MutationResolvers<GatewayContext>['deleteCoupon']> = async (
  _parent,
  { input },
  context,
) => {
  requireScope(context, 'coupon:manage')
  const problems = findDeleteInputProblems(input)
  const code = parseCouponCode(input.code)
  if (problems.length > 0 || code === undefined) return refusal(toInputErrors(problems))

  const { idempotencyKey } = input
  const result = await write(
    context,
    (upstream, options) => upstream.delete({ code, idempotencyKey }, options),
    code,
  )
  if (result.outcome === 'deleted') {
    return { deletedCode: code, replayed: result.replayed, userErrors: [] }
  }
  return refusal(
    toUserErrors(result, {
      pathOf: (field) => (Object.hasOwn(input, field) ? field : undefined),
      // A hosted upstream's own reason: there is nothing to delete that it would let go.
      toError: () => userError('NOT_FOUND', 'code', REJECTION_MESSAGES.NOT_FOUND),
    }),
  )
}

function refusal(userErrors: DeleteCouponPayload['userErrors']): DeleteCouponPayload {
  return { deletedCode: null, replayed: false, userErrors }
}
