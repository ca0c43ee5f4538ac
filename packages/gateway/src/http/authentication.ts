import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Caller } from '../caller.ts'
import type { GatewayKeys } from '../gateway-keys.ts'
import { sendGraphQLError } from './graphql-errors.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Whose key came with the request; set by {@link requireKey} before any GraphQL is read. */
    caller: Caller
  }
}

const BEARER = /^Bearer (\S{1,256})$/i

/** Hook of the GraphQL endpoint: the caller is known before a body is read. */
export function requireKey(keys: GatewayKeys) {
  return async function authenticate(request: FastifyRequest, reply: FastifyReply) {
    const key = BEARER.exec(request.headers.authorization ?? '')?.[1]
    const caller = key === undefined ? undefined : keys.find(key)
    if (caller === undefined) {
      reply.header('WWW-Authenticate', 'Bearer')
      return sendGraphQLError(
        request,
        reply,
        401,
        'UNAUTHENTICATED',
        'The call needs a valid key: send `Authorization: Bearer <key>`.',
      )
    }
    request.caller = caller
    return undefined
  }
}
