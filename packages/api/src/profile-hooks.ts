import type { FastifyReply, FastifyRequest } from 'fastify'
import { ApiError } from './api-error.ts'

/** Check of the coupon calls: what the profile takes no notice of is not there for anybody after this. */
export function dropIgnoredHeaders({ server, headers }: FastifyRequest): void {
  for (const name of server.profile.ignoredHeaders) delete headers[name]
}

/** Check of the coupon calls. @throws ApiError FORBIDDEN for a caller that does not name itself */
export function requireUserAgent({ server, headers }: FastifyRequest): void {
  if (!server.profile.demandsUserAgent) return
  if ((headers['user-agent'] ?? '').trim() === '') throw new ApiError('FORBIDDEN')
}

/** Step of every answer. */
export function withholdHeaders({ server }: FastifyRequest, reply: FastifyReply): void {
  for (const name of server.profile.withheldHeaders) reply.removeHeader(name)
}
