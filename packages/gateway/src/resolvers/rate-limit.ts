import type { QueryResolvers } from '@coupon-gateway/schema'
import type { GatewayContext } from '../context.ts'

export const rateLimit: NonNullable<QueryResolvers<GatewayContext>['rateLimit']> = async (
  _parent,
  _arguments,
  { calls },
) => {
  const cost = await calls.costWhenDone()
  const { resetAt, ...budget } = await calls.readBudget()
  return { ...budget, cost, resetAt: resetAt.toISOString() }
}
