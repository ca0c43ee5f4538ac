import { networkOf } from '@coupon-gateway/service'
import type { FastifyInstance, FastifyReply, FastifyRequest, onRequestHookHandler } from 'fastify'
import type { CallBudgets } from '../budgets/call-budgets.ts'
import type { RequestBudget } from '../budgets/request-budget.ts'
import { isPublic } from '../caller.ts'
import { sendGraphQLError } from './graphql-errors.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Where the request comes from; null when its caller is known by a secret. Set by {@link limitRequests}. */
    network: string | null
  }
}

/** Header, claims and signature of a JWT. */
const TOKEN = /^Bearer +[\w-]+\.[\w-]+\./i

/**
 * Hook before the caller is known: a signature costs more to check than to make up, so an address that has sent too
 * many bad tokens has no more of them checked. Keys are looked up, and go on.
 */
export function refuseSpentTokens(budget: RequestBudget): onRequestHookHandler {
  return function refuseSpent(request, reply, done) {
    if (!bringsToken(request)) return done()
    const waitMs = budget.waitOf(networkOf(request.ip))
    if (waitMs === undefined) return done()
    sendTooMany(request, reply, waitMs)
  }
}

/** Refuses what an address sends past its budget of requests, before a body is read. The caller is known by then. */
export function limitRequests(
  app: FastifyInstance,
  budget: RequestBudget,
  calls: Pick<CallBudgets, 'waitOfSpent'>,
): void {
  app.decorateRequest('network', null)
  app.addHook('onRequest', function admit(request, reply, done) {
    if (!isPublic(request.caller)) return done()
    request.network = networkOf(request.ip)
    const waitMs = budget.admit(request.network) ?? calls.waitOfSpent(request)
    if (waitMs === undefined) return done()
    sendTooMany(request, reply, waitMs)
  })
  // Not when it was sent: whoever hangs up at once never gets it, and made the same work.
  app.addHook('onSend', function chargeRefusal(request, reply, _payload, done) {
    const { statusCode } = reply
    const isRefused = statusCode >= 400 && statusCode < 500 && statusCode !== 429
    if (isRefused && request.network !== null) budget.chargeRefusal(request.network)
    else if (statusCode === 401 && bringsToken(request)) {
      budget.chargeBadToken(networkOf(request.ip))
    }
    done()
  })
}

function bringsToken({ headers }: FastifyRequest): boolean {
  return headers.authorization !== undefined && TOKEN.test(headers.authorization)
}

function sendTooMany(request: FastifyRequest, reply: FastifyReply, waitMs: number): void {
  sendGraphQLError(
    request,
    reply.header('Retry-After', Math.ceil(waitMs / 1000)),
    429,
    'RATE_LIMITED',
    'Too many requests: nothing more is read until `retryAfterMs` is over.',
    { scope: 'CALLER', retryAfterMs: waitMs },
  )
}
