import type { FastifyReply, FastifyRequest } from 'fastify'
import { ApiError } from './api-error.ts'
import type { ApiKeys, Caller } from './api-keys.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Who is calling; set by {@link requireCouponPlan} before any handler of a coupon call. */
    caller: Caller
  }
}

const SCHEME = /^APIKey (\S{1,256})$/i

/** Hook of the coupon calls: the key is known, and its plan includes coupons. Runs before the body is read. */
export function requireCouponPlan(keys: ApiKeys) {
  return async function authenticate(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const key = SCHEME.exec(request.headers.authorization ?? '')?.[1]
    const caller = key === undefined ? undefined : await keys.findCaller(key)
    if (caller === undefined) {
      reply.header('WWW-Authenticate', 'APIKey')
      throw new ApiError('UNAUTHENTICATED')
    }
    if (caller.plan === 'free') throw new ApiError('PLAN_UPGRADE_REQUIRED')
    request.caller = caller
  }
}
