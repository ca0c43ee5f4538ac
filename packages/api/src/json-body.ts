import { isUtf8 } from 'node:buffer'
import type { FastifyInstance } from 'fastify'
import { invalidInput } from './api-error.ts'
import { findJsonFault, toFaultProblem } from './json-fault.ts'

/**
 * Reads JSON as Fastify does, without `__proto__` and `constructor.prototype`, and without what its readers take
 * differently. But an empty body is none, whatever `Content-Type` says: many clients send it with every call. A call
 * that needs a body misses it in its schema.
 */
export function addJsonBody(app: FastifyInstance): void {
  const parseJson = app.getDefaultJsonParser('error', 'error')
  app.addContentTypeParser<Buffer>(
    'application/json',
    { parseAs: 'buffer' },
    function parseBody(request, bytes, done) {
      // Read as text, every byte of another encoding would be the same character, and users would be taken for each other.
      if (!isUtf8(bytes)) {
        done(NOT_UTF8)
        return
      }
      const body = bytes.toString()
      if (body === '') {
        done(null, undefined)
        return
      }
      parseJson(request, body, (error, parsed) => {
        const fault = error === null ? findJsonFault(body) : undefined
        if (fault === undefined) done(error, parsed)
        else done(invalidInput([toFaultProblem(fault)]))
      })
    },
  )
}

/** @see https://www.rfc-editor.org/rfc/rfc8259#section-8.1 */
const NOT_UTF8 = invalidInput([
  {
    field: 'body',
    problem: ({ problems }) => problems.notUtf8,
    allowed: ({ allowed }) => allowed.jsonBody,
  },
])
