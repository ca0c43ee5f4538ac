import type { MutationResolvers } from '@coupon-gateway/schema'
import type { GatewayContext } from '../context.ts'
import { forbidStaff, requireScope } from '../require-scope.ts'
import { findReservationInputProblems } from './input-rules.ts'
import { refusal, settled } from './redemption-payload.ts'
import { REJECTION_MESSAGES } from './rejection-messages.ts'
import { userError } from './user-error.ts'
import { toInputErrors, toUserErrors, write } from './write.ts'

export const releaseReservation: NonNullable<
  MutationResolvers<GatewayContext>['releaseReservation']
> = async (_parent, { input }, context) => {
  forbidStaff(context)
  requireScope(context, 'coupon:redeem')
  const problems = findReservationInputProblems(input)
  if (problems.length > 0) return refusal(toInputErrors(problems))

  const result = await write(context, (upstream, options) => upstream.release(input, options))
  if (result.outcome === 'released') return settled(result)
  return refusal(
    toUserErrors(result, {
      pathOf: (field) => (Object.hasOwn(input, field) ? field : undefined),
      toError({ reason }) {
        const code = reason === 'UNKNOWN' ? 'RESERVATION_NOT_FOUND' : reason
        return userError(code, 'reservationId', REJECTION_MESSAGES[code])
      },
    }),
  )
}
