import type { RateBudgetState } from '@coupon-gateway/client'
import type { QueryResolvers } from '@coupon-gateway/schema'
import type { BudgetState } from '../budgets/call-budgets.ts'
import type { GatewayContext } from '../context.ts'

export const rateLimit: NonNullable<QueryResolvers<GatewayContext>['rateLimit']> = async (
  _parent,
  _arguments,
  { calls, upstream },
) => {
  const cost = await calls.costWhenDone()
  const ofUpstream = await upstream.rateBudget()
  const own = calls.readBudget()
  const { limit, used } = own
  const { remaining, resetAt } = whatIsLeft(own, ofUpstream, Date.now())
  return { limit, used, cost, remaining, resetAt: resetAt.toISOString() }
}

/** The caller can make no more calls than his key allows, and no more than the upstream takes from all callers. */
export function whatIsLeft(
  { remaining, resetAt }: Pick<BudgetState, 'remaining' | 'resetAt'>,
  { pausedForMs, windows }: Pick<RateBudgetState, 'pausedForMs' | 'windows'>,
  nowMs: number,
): Pick<BudgetState, 'remaining' | 'resetAt'> {
  const bounds = [
    { remaining, resetAt },
    ...windows.map((window) => ({
      remaining: window.remaining,
      resetAt: new Date(nowMs + window.resetMs),
    })),
    ...(pausedForMs > 0 ? [{ remaining: 0, resetAt: new Date(nowMs + pausedForMs) }] : []),
  ]
  // Of two that leave equally few, the one that lasts longer.
  return bounds.reduce((tightest, bound) =>
    bound.remaining < tightest.remaining ||
    (bound.remaining === tightest.remaining && bound.resetAt > tightest.resetAt)
      ? bound
      : tightest,
  )
}
