import type { MutationResolvers } from '@coupon-gateway/schema'
import type { GatewayContext } from '../context.ts'
import { requireScope } from '../require-scope.ts'
import { findRollbackInputProblems } from './input-rules.ts'
import { refusal, settled } from './redemption-payload.ts'
import { REJECTION_MESSAGES } from './rejection-messages.ts'
import { userError } from './user-error.ts'
import { toInputErrors, toUserErrors, write } from './write.ts'

export const rollbackRedemption: NonNullable<
  MutationResolvers<GatewayContext>['rollbackRedemption']
> = async (_parent, { input }, context) => {
  requireScope(context, 'coupon:rollback')
  const problems = findRollbackInputProblems(input)
  if (problems.length > 0) return refusal(toInputErrors(problems))

  const result = await write(context, (upstream, options) => upstream.rollback(input, options))
  if (result.outcome === 'rolled-back') return settled(result)
  return refusal(
    toUserErrors(result, {
      pathOf: (field) => (Object.hasOwn(input, field) ? field : undefined),
      toError({ reason }) {
        const code = reason === 'UNKNOWN' ? 'REDEMPTION_NOT_FOUND' : reason
        return userError(code, 'redemptionId', REJECTION_MESSAGES[code])
      },
    }),
  )
}
