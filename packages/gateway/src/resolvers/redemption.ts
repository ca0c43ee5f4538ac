import type { FindRedemptionInput } from '@coupon-gateway/client'
import type { QueryResolvers, RedemptionBy } from '@coupon-gateway/schema'
import type { GatewayContext } from '../context.ts'
import { gatewayError } from '../gateway-error.ts'
import { requireScope } from '../require-scope.ts'
import { findIdProblem } from './input-rules.ts'
import { toRedemption } from './redemption-answer.ts'

export const redemption: NonNullable<QueryResolvers<GatewayContext>['redemption']> = async (
  _parent,
  { by },
  context,
) => {
  requireScope(context, 'redemption:read')
  const input = readRedemptionBy(by)
  const found = await context.calls.make((options) =>
    context.upstream.findRedemption(input, options),
  )
  return found.outcome === 'found' ? toRedemption(found.redemption) : null
}

/** `@oneOf` holds in the types and in graphql-js. */
function readRedemptionBy({ id, idempotencyKey }: RedemptionBy): FindRedemptionInput {
  if (id != null) return { redemptionId: checked('by.id', id) }
  // Longer keys than ours are those of callers of the REST API.
  return { idempotencyKey: checked('by.idempotencyKey', idempotencyKey ?? '', 255) }
}

function checked(argument: string, value: string, maxLength?: number): string {
  const problem = findIdProblem(value, maxLength)
  if (problem !== undefined) throw gatewayError('BAD_USER_INPUT', `\`${argument}\` ${problem}.`)
  return value
}
