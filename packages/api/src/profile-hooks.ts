import type { FastifyReply, FastifyRequest } from 'fastify'
import { ApiError } from './api-error.ts'

/** Hook of the coupon calls: what the profile takes no notice of is not there for anybody after this. */
export async function dropIgnoredHeaders({ server, headers }: FastifyRequest): Promise<void> {
  for (const name of server.profile.ignoredHeaders) delete headers[name]
}

/** Hook of the coupon calls. @throws ApiError FORBIDDEN for a caller that does not name itself */
export async function requireUserAgent({ server, headers }: FastifyRequest): Promise<void> {
  const isNamed = (headers['user-agent'] ?? '').trim() !== ''
  if (server.profile.demandsUserAgent && !isNamed) throw new ApiError('FORBIDDEN')
}

/** Hook of every answer. */
export async function withholdHeaders({ server }: FastifyRequest, reply: FastifyReply) {
  for (const name of server.profile.withheldHeaders) reply.removeHeader(name)
}
