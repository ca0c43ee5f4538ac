import type { FastifyRequest } from 'fastify'
import { invalidInput } from './api-error.ts'

/**
 * Hook of every call: HTTP/1.1 demands `Host`, and that a request without it is refused. Node would do so
 * itself, but without the envelope.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9112#section-3.2
 */
export async function requireHost({ headers, raw }: FastifyRequest): Promise<void> {
  if (headers.host === undefined && raw.httpVersion === '1.1') {
    throw invalidInput([
      {
        field: 'Host',
        problem: ({ problems }) => problems.missing,
        allowed: ({ allowed }) => allowed.host,
      },
    ])
  }
}
