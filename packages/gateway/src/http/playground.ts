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

const FIRST_QUERY = `# The demo coupons: WELCOME10 SINGLEUSE1 FRIENDS05 INSTORE42 EXPIRED01 FUTURE001 BIGSALE10K
{
  validateCoupon(code: "welcome-10") {
    valid
    reason
    coupon {
      name
      usage { limit used remaining }
    }
  }
}
`

/** Mounts the Altair playground at `/playground`, for development. */
export function addPlayground(app: FastifyInstance, demo: boolean): void {
  const page = renderAltair({
    baseURL: `${PATH}/`,
    endpointURL: '/graphql',
    initialQuery: FIRST_QUERY,
    ...(demo ? { initialHeaders: { Authorization: 'Bearer sk_demo' } } : {}),
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
