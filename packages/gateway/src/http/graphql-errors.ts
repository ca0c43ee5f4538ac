import type { ErrorCode } from '@coupon-gateway/schema'
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import type { ErrorDetails } from '../gateway-error.ts'

/** Answers outside GraphQL's execution in GraphQL's own form. */
export function sendGraphQLError(
  request: FastifyRequest,
  reply: FastifyReply,
  status: number,
  code: ErrorCode,
  message: string,
  details?: ErrorDetails,
): FastifyReply {
  request.record?.errorCodes.push(code)
  return reply
    .code(status)
    .type('application/json; charset=utf-8')
    .send(toGraphQLErrorBody(code, message, request.id, details))
}

export function toGraphQLErrorBody(
  code: ErrorCode,
  message: string,
  correlationId: string,
  details: ErrorDetails = {},
) {
  return { errors: [{ message, extensions: { code, ...details, correlationId } }] }
}

/** Turns the errors of the HTTP layer into GraphQL's form. */
export function handleHttpError(
  error: FastifyError,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const send = (status: number, code: ErrorCode, message: string) =>
    sendGraphQLError(request, reply, status, code, message)
  switch (error.code) {
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return send(415, 'UNSUPPORTED_MEDIA_TYPE', '`Content-Type` must be application/json.')
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return send(413, 'BODY_TOO_LARGE', 'The body must have at most 32 KiB.')
    default:
      if (error.statusCode !== undefined && error.statusCode < 500) {
        return send(
          400,
          'BAD_REQUEST',
          'The body must be a JSON object `{ "query": …, "variables": …, "operationName": … }`.',
        )
      }
      request.log.error({ err: error }, 'unexpected error')
      return send(
        500,
        'INTERNAL_SERVER_ERROR',
        'An error on our side. It was logged under the correlation id.',
      )
  }
}
