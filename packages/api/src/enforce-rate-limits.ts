import type { FastifyReply, FastifyRequest } from 'fastify'
import { ApiError } from './api-error.ts'
import type { PlanLimits } from './plans.ts'
import { allowedAgainAtMs, rateLimitHeaders, secondsUntil } from './rate-limit-decision.ts'
import type { RateLimits } from './rate-limits.ts'

/**
 * Hook of the coupon calls: counts the call, and says on its answer, whatever that is, where the key stands. Every call
 * of a known key counts, also one that is refused for its input or its plan: it costs us the same, and guesses must
 * not be free. A key whose limits are lifted is not counted, and told nothing of limits.
 *
 * @throws ApiError RATE_LIMITED for a call that counts nowhere
 */
export function enforceRateLimits(rateLimits: RateLimits, planLimits: PlanLimits) {
  return async function countCall({ caller }: FastifyRequest, reply: FastifyReply): Promise<void> {
    if (caller.rateLimitsLifted) return
    const limits = caller.agreedLimits ?? planLimits[caller.plan]
    const decision = await rateLimits.take(caller.keyId, limits)
    const nowMs = Date.now()
    reply.headers(rateLimitHeaders(decision, nowMs))
    if (decision.isAllowed) return
    throw new ApiError('RATE_LIMITED', {
      retryAfterSeconds: secondsUntil(allowedAgainAtMs(decision), nowMs),
    })
  }
}
