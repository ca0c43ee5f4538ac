import type { FastifyInstance } from 'fastify'
import { type ApiError, invalidInput } from './api-error.ts'
import { cutName } from './input-problems.ts'
import { findJsonFault, type JsonFault, MAX_DIGITS } from './json-fault.ts'

/**
 * Reads JSON as Fastify does, without `__proto__` and `constructor.prototype`, and without what its readers take
 * differently. But an empty body is none, whatever `Content-Type` says: many clients send it with every call. A call
 * that needs a body misses it in its schema.
 */
export function addJsonBody(app: FastifyInstance): void {
  const parseJson = app.getDefaultJsonParser('error', 'error')
  app.addContentTypeParser<string>(
    'application/json',
    { parseAs: 'string' },
    function parseBody(request, body, done) {
      if (body === '') {
        done(null, undefined)
        return
      }
      parseJson(request, body, (error, parsed) => {
        const fault = error === null ? findJsonFault(body) : undefined
        if (fault === undefined) done(error, parsed)
        else done(toApiError(fault))
      })
    },
  )
}

function toApiError({ kind, field }: JsonFault): ApiError {
  return invalidInput([
    kind === 'given-twice'
      ? {
          field: cutName(field),
          problem: ({ problems }) => problems.givenTwice,
          allowed: ({ allowed }) => allowed.once,
        }
      : {
          field: cutName(field),
          problem: ({ problems }) => problems.tooPrecise,
          allowed: ({ allowed }) => allowed.digits(MAX_DIGITS),
        },
  ])
}
