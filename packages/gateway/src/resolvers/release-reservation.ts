import type { MutationResolvers, ReleaseReservationPayload } from '@coupon-gateway/schema'
import type { GatewayContext } from '../context.ts'
import { forbidStaff, requireScope } from '../require-scope.ts'
import { findReservationInputProblems } from './input-rules.ts'
import { toRedemption } from './redemption-answer.ts'
import { REJECTION_MESSAGES } from './rejection-messages.ts'
import { userError } from './user-error.ts'
import { toInputErrors, toUserErrors, write } from './write.ts'

export const releaseReservation: NonNullable<
  MutationResolvers<GatewayContext>['releaseReservation']
> = async (_parent, { input }, context) => {
  requireScope(context, 'coupon:redeem')
  forbidStaff(context)
  const problems = findReservationInputProblems(input)
  if (problems.length > 0) return refusal(toInputErrors(problems))

  const result = await write(context, (upstream, options) => upstream.release(input, options))
  if (result.outcome === 'released') {
    const { redemption, replayed } = result
    return { redemption: toRedemption(redemption), replayed, userErrors: [] }
  }
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

function refusal(userErrors: ReleaseReservationPayload['userErrors']): ReleaseReservationPayload {
  return { redemption: null, replayed: false, userErrors }
}
