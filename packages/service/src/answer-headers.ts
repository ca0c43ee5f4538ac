import type { FastifyReply, FastifyRequest } from 'fastify'

/** Of every answer: it holds somebody's coupons, and is JSON whatever a browser takes it for. */
export const ANSWER_HEADERS = {
  'Cache-Control': 'no-store',
  'X-Content-Type-Options': 'nosniff',
} as const

export function setAnswerHeaders(request: FastifyRequest, reply: FastifyReply): void {
  reply.headers({ ...ANSWER_HEADERS, 'X-Request-Id': request.id })
}
