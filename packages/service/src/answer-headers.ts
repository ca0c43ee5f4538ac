import type { FastifyReply, FastifyRequest } from 'fastify'

/**
 * Of every answer: it holds somebody's coupons, and is JSON whatever a browser takes it for. A page of ours sets a
 * policy of its own. Whether the connection must be encrypted is for the proxy that encrypts it to say.
 */
export const ANSWER_HEADERS = {
  'Cache-Control': 'no-store',
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
} as const

export function setAnswerHeaders(request: FastifyRequest, reply: FastifyReply): void {
  reply.headers(ANSWER_HEADERS).header('X-Request-Id', request.id)
}
