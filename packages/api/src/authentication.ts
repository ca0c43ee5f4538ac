import type { FastifyReply, FastifyRequest } from 'fastify'
import { ApiError } from './api-error.ts'
import type { ApiKeys, Caller } from './api-keys.ts'
import type { KeyGuesses } from './key-guesses.ts'
import { isPlanAtLeast } from './plans.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Who is calling; set by {@link authenticate} before any handler of a coupon call. */
    caller: Caller
  }
}

const SCHEME = /^APIKey (\S{1,256})$/i

/**
 * Hook of the coupon calls: finds out who is calling, before the body is read. A key that is missing, malformed,
 * unknown or revoked gets one and the same refusal. A network that sent too many of them has to wait before it may
 * try another, which is then not even looked up; keys that were good go on through it.
 */
export function authenticate(keys: ApiKeys, guesses: KeyGuesses) {
  return async function findOutCaller(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const key = SCHEME.exec(request.headers.authorization ?? '')?.[1]
    const caller = key === undefined ? undefined : await findCaller(key, request.ip)
    if (caller === undefined) {
      reply.header('WWW-Authenticate', 'APIKey')
      throw new ApiError('UNAUTHENTICATED')
    }
    request.caller = caller
  }

  async function findCaller(key: string, address: string): Promise<Caller | undefined> {
    const caller = await keys.findCaller(key, async () => {
      const retryAfterSeconds = await guesses.secondsToWait(address)
      if (retryAfterSeconds === 0) return
      throw new ApiError('RATE_LIMITED', {
        retryAfterSeconds,
        message: ({ reasons }) => reasons.tooManyWrongKeys,
      })
    })
    if (caller === undefined) await guesses.count(address)
    return caller
  }
}

/** Check of the coupon calls. @throws ApiError PLAN_UPGRADE_REQUIRED for a plan without coupons */
export function requireCouponPlan({ caller }: FastifyRequest): void {
  if (!isPlanAtLeast(caller.plan, 'personal')) throw new ApiError('PLAN_UPGRADE_REQUIRED')
}
