import { DatabaseBusyError, DatabaseUnavailableError } from '@coupon-gateway/database'
import { setAnswerHeaders } from '@coupon-gateway/service'
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { ApiError, invalidInput } from './api-error.ts'
import { isCallerGone } from './caller-gone.ts'
import { type Failure, refuse } from './envelope.ts'
import { toInputProblems } from './input-problems.ts'

/** Of an id in a path. Fastify's own default, which it has no name for. */
const MAX_PARAM_LENGTH = 100

/** Turns everything that can be thrown during a call into an error of the contract. Nothing internal leaks. */
export function handleError(
  error: FastifyError,
  request: FastifyRequest,
  reply: FastifyReply,
): Failure['body'] {
  const { symbol, details } = toLoggedApiError(error, request)
  return refuse(reply, symbol, details)
}

/** The error of the contract for what was thrown; what its caller cannot mend is logged. */
export function toLoggedApiError(error: FastifyError, request: FastifyRequest): ApiError {
  const known = toApiError(error)
  if (isCallerGone(error)) request.log.info('the caller went away')
  else if (known.symbol === 'INTERNAL') request.log.error({ err: error }, 'unexpected error')
  else if (known.symbol === 'UNAVAILABLE') request.log.warn({ err: error }, 'no database')
  return known
}

/** Answers a path that cannot be decoded. Fastify runs neither hooks nor its error handler for it. */
export function handleFrameworkError(
  error: FastifyError,
  request: FastifyRequest,
  reply: FastifyReply,
): void {
  setAnswerHeaders(request, reply)
  reply.send(handleError(error, request, reply))
}

function toApiError(error: FastifyError): ApiError {
  if (error instanceof ApiError) return error
  if (error instanceof DatabaseBusyError) return new ApiError('OVERLOADED')
  if (error instanceof DatabaseUnavailableError) return new ApiError('UNAVAILABLE')
  if (error.validation !== undefined) {
    return invalidInput(toInputProblems(error.validation, error.validationContext ?? 'body'))
  }
  switch (error.code) {
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return new ApiError('UNSUPPORTED_MEDIA_TYPE')
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return new ApiError('BODY_TOO_LARGE')
    case 'FST_ERR_BAD_URL':
      return invalidInput([
        {
          field: 'path',
          problem: ({ problems }) => problems.notDecodable,
          allowed: ({ allowed }) => allowed.encodedPath,
        },
      ])
    case 'FST_ERR_MAX_PARAM_LENGTH':
      return invalidInput([
        {
          field: 'path',
          problem: ({ problems }) => problems.tooLong,
          allowed: ({ allowed }) => allowed.shortId(MAX_PARAM_LENGTH),
        },
      ])
    default:
      // What is left of the 4xx are bodies that could not be read: not JSON, or of another length.
      return error.statusCode !== undefined && error.statusCode < 500
        ? invalidInput([
            {
              field: 'body',
              problem: ({ problems }) => problems.notJson,
              allowed: ({ allowed }) => allowed.jsonBody,
            },
          ])
        : new ApiError('INTERNAL')
  }
}
