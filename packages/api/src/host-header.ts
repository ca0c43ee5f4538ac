import type { FastifyRequest } from 'fastify'
import { invalidInput } from './api-error.ts'

/**
 * Check of every call: HTTP/1.1 demands one `Host`, and that a request without it or with two is refused. Node
 * would refuse the first itself, but without the envelope, and takes the first of two where a proxy may have
 * taken the last.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9112#section-3.2
 */
export function requireHost({ headers, raw }: FastifyRequest): void {
  if (headers.host === undefined && raw.httpVersion === '1.1') {
    throw invalidInput([
      {
        field: 'Host',
        problem: ({ problems }) => problems.missing,
        allowed: ({ allowed }) => allowed.host,
      },
    ])
  }
  if (countHosts(raw.rawHeaders) > 1) {
    throw invalidInput([
      {
        field: 'Host',
        problem: ({ problems }) => problems.givenTwice,
        allowed: ({ allowed }) => allowed.once,
      },
    ])
  }
}

/** @param rawHeaders names and values in turn */
function countHosts(rawHeaders: readonly string[]): number {
  let count = 0
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] as string
    if (name.length === 4 && name.toLowerCase() === 'host') count += 1
  }
  return count
}
