import { EXAMPLES, type Example } from '@coupon-gateway/schema'
import staticFiles from '@fastify/static'
import { getDistDirectory, renderAltair } from 'altair-static'
import type { FastifyInstance } from 'fastify'

const PATH = '/playground'

/** Everything comes from this server: the page works without the internet, and sends nothing out. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'self'",
  "script-src 'self' 'unsafe-inline' 'unsafe-eval'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self' data:",
  "worker-src 'self' blob:",
].join('; ')

/** Mounts the Altair playground at `/playground`, with an example of each operation, for development. */
export function addPlayground(app: FastifyInstance, demo: boolean): void {
  const initialHeaders = demo ? { Authorization: 'Bearer sk_demo' } : {}
  const page = renderAltair({
    baseURL: `${PATH}/`,
    endpointURL: '/graphql',
    // An account with its makers, whom the policy keeps it from asking.
    disableAccount: true,
    // None has an endpoint of its own: only the one above is completed to a whole address.
    initialWindows: inOpeningOrder(EXAMPLES).map(({ name, query, variables }) => ({
      initialName: name,
      initialQuery: query,
      initialVariables: JSON.stringify(variables, null, 2),
      initialHeaders,
    })),
    initialHeaders,
  })
  app.register(
    async (playground) => {
      playground.addHook('onSend', async (_request, reply) => {
        reply.header('Content-Security-Policy', CONTENT_SECURITY_POLICY)
      })
      playground.get('/', async (_request, reply) => {
        reply.type('text/html; charset=utf-8')
        return page
      })
      playground.register(staticFiles, { root: getDistDirectory(), index: false })
    },
    { prefix: PATH },
  )
}

/** Altair shows the window that it opened last: the first example has to be that one. */
function inOpeningOrder([first, ...others]: readonly Example[]): readonly Example[] {
  return first === undefined ? [] : [...others, first]
}
