import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'

/** What a caller's id may look like, so that it can be logged and sent back as it is. */
const REQUEST_ID = /^[A-Za-z0-9._-]{1,64}$/

/** The id that a request carries through all services: the caller's `X-Request-Id` where it is fit, else a new one. */
export function requestIdOf(request: Pick<IncomingMessage, 'headers'>): string {
  const given = request.headers['x-request-id']
  return typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID()
}
