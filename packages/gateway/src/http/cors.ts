import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Caller } from '../caller.ts'
import { sendGraphQLError } from './graphql-errors.ts'
import { refuseMethod } from './graphql-route.ts'

/** Chromium keeps a preflight no longer. What it allowed, the key still judges with each request. */
const PREFLIGHT_MAX_AGE_SECONDS = 7_200

/** What clients of GraphQL send besides what every page may send. */
const REQUEST_HEADERS = [
  'Authorization',
  'Content-Type',
  'X-Request-Id',
  'Traceparent',
  'Tracestate',
  'Apollo-Require-Preflight',
  'X-Apollo-Operation-Name',
  'Apollographql-Client-Name',
  'Apollographql-Client-Version',
].join(', ')

/** What a page may read of an answer besides its body. */
const EXPOSED_HEADERS = ['Retry-After', 'WWW-Authenticate', 'X-Request-Id'].join(', ')

/** The origins that any of the callers allows. */
export interface BrowserOrigins {
  allow(origin: string): boolean
}

export function collectOrigins(callers: readonly Pick<Caller, 'origins'>[]): BrowserOrigins {
  const allowsAny = callers.some(({ origins }) => origins === null)
  const listed = new Set(callers.flatMap(({ origins }) => [...(origins ?? [])]))
  return { allow: (origin) => allowsAny || listed.has(origin) }
}

/**
 * Hook of the GraphQL endpoint: pages of allowed origins may read its answers, refusals among them. There is no
 * cookie here, so nothing is ever allowed with credentials.
 *
 * Of our own, and not `@fastify/cors`: see docs/decisions/0009-origins-and-tokens.md.
 */
export function shareWithPages(origins: BrowserOrigins) {
  return function allowOrigin(request: FastifyRequest, reply: FastifyReply, done: () => void) {
    reply.header('Vary', 'Origin')
    const { origin } = request.headers
    if (origin !== undefined && origins.allow(origin)) {
      reply.header('Access-Control-Allow-Origin', origin)
      reply.header('Access-Control-Expose-Headers', EXPOSED_HEADERS)
    }
    done()
  }
}

/**
 * Answers the question that a browser asks before the request of a page. It comes without a key: it is allowed
 * what any key allows, and the request is judged by its own.
 */
export function addPreflight(app: FastifyInstance, origins: BrowserOrigins): void {
  app.options('/graphql', (request, reply) => {
    reply.header('Vary', 'Origin, Access-Control-Request-Method, Access-Control-Request-Headers')
    const { origin } = request.headers
    const isPreflight = request.headers['access-control-request-method'] !== undefined
    if (origin === undefined || !isPreflight) return refuseMethod(request, reply)
    if (!origins.allow(origin)) {
      return sendGraphQLError(
        request,
        reply,
        403,
        'FORBIDDEN',
        'No key or token of this gateway may be used by pages of this origin: whoever runs it has to list the origin.',
      )
    }
    // Every page may send GET anyhow.
    return reply
      .code(204)
      .header('Access-Control-Allow-Origin', origin)
      .header('Access-Control-Allow-Methods', 'POST')
      .header('Access-Control-Allow-Headers', REQUEST_HEADERS)
      .header('Access-Control-Max-Age', PREFLIGHT_MAX_AGE_SECONDS)
      .send()
  })
}
