import { randomUUID } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import type { Sessions } from './sessions.ts'

/** Who a customer of the demo is: a name made up at the first visit. No script of a page can read it. */
const COOKIE = 'desk-customer'
const CUSTOMER = /(?:^|; )desk-customer=(guest-[0-9a-f-]{36})(?:;|$)/
const COOKIE_RULES = 'HttpOnly; SameSite=Strict; Path=/session; Max-Age=31536000'

/**
 * `POST /session` gives a customer a token for the gateway, and `/jwks.json` the gateway the key to check it with.
 *
 * In a shop this stands behind its login, and the customer is who is logged in there.
 */
export function addSessionRoutes(app: FastifyInstance, sessions: Sessions): void {
  app.get('/jwks.json', async (_request, reply) => {
    reply.header('Cache-Control', 'public, max-age=60')
    return sessions.keySet
  })
  app.post('/session', async (request, reply) => {
    // Browsers say where a request comes from; what is none can only get a token of its own.
    const site = request.headers['sec-fetch-site']
    if (site !== undefined && site !== 'same-origin') {
      return reply.code(403).send({ error: 'Only a page of this desk may ask for a session.' })
    }
    const known = CUSTOMER.exec(request.headers.cookie ?? '')?.[1]
    const customerId = known ?? `guest-${randomUUID()}`
    if (known === undefined) reply.header('Set-Cookie', `${COOKIE}=${customerId}; ${COOKIE_RULES}`)
    return sessions.issue(customerId)
  })
}
