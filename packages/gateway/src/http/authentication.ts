import type { FastifyReply, FastifyRequest, onRequestHookHandler } from 'fastify'
import type { Caller } from '../caller.ts'
import type { Identification, Identify } from '../identify-caller.ts'
import { sendGraphQLError } from './graphql-errors.ts'
import { findOriginProblem } from './origin-problem.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Who sent the request; set by {@link requireCaller} before any GraphQL is read. */
    caller: Caller
  }
}

/**
 * Hook of the GraphQL endpoint: the caller is known before a body is read, and the page of a browser is one that
 * may use its key.
 * @see https://www.rfc-editor.org/rfc/rfc6750#section-3 for `WWW-Authenticate`
 */
export function requireCaller(identify: Identify): onRequestHookHandler {
  return function authenticate(request, reply, done) {
    const goOn = (identification: Identification) => {
      if (isAdmitted(identification, request, reply)) done()
    }
    const identification = identify(request.headers.authorization)
    // Only a token is worth waiting for.
    if (identification instanceof Promise) identification.then(goOn).catch(done)
    else goOn(identification)
  }
}

/** Notes the caller of a request, or answers it. */
function isAdmitted(
  identification: Identification,
  request: FastifyRequest,
  reply: FastifyReply,
): boolean {
  const { origin, host } = request.headers
  switch (identification.outcome) {
    case 'anonymous':
      reply.header('WWW-Authenticate', CHALLENGE)
      sendGraphQLError(
        request,
        reply,
        401,
        'UNAUTHENTICATED',
        'The call needs a valid key or token: send `Authorization: Bearer <key>`.',
      )
      return false
    case 'refused': {
      const { problem } = identification
      reply.header(
        'WWW-Authenticate',
        `${CHALLENGE}, error="invalid_token", error_description="${problem}"`,
      )
      sendGraphQLError(request, reply, 401, 'UNAUTHENTICATED', toSentence(problem))
      return false
    }
    case 'unavailable':
      reply.header('Retry-After', Math.ceil(identification.retryAfterMs / 1000))
      sendGraphQLError(
        request,
        reply,
        503,
        'AUTHENTICATION_UNAVAILABLE',
        'Tokens cannot be checked at the moment, since the keys of their issuer are out of reach. Keys work.',
        { retryAfterMs: identification.retryAfterMs },
      )
      return false
    case 'known': {
      const { caller } = identification
      const problem = findOriginProblem(caller, origin, host)
      if (problem === undefined) {
        request.caller = caller
        return true
      }
      sendGraphQLError(request, reply, 403, 'FORBIDDEN', problem)
      return false
    }
  }
}

/**
 * Which scopes are needed is the document's to say, and it was not read: this one is the least that is of use. To
 * name all of them would make clients ask their users for all.
 */
const CHALLENGE = 'Bearer realm="coupon-gateway", scope="coupon:validate"'

function toSentence(problem: string): string {
  return `${problem.charAt(0).toUpperCase()}${problem.slice(1)}.`
}
