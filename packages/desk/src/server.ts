import { loggerOptions, requestIdOf, setAnswerHeaders } from '@coupon-gateway/service'
import Fastify, { type FastifyInstance, type FastifyReply } from 'fastify'
import { gatewayUrlFor } from './gateway-url.ts'
import type { PageFile } from './page-files.ts'
import { pageHeaders } from './page-headers.ts'
import { addSessionRoutes } from './session-route.ts'
import type { Sessions } from './sessions.ts'
import type { DeskSettings } from './settings.ts'

const REQUEST_TIMEOUT_MS = 10_000
const BODY_LIMIT_BYTES = 1024

/** Builds the server of the pages over what it serves, not listening yet. */
export function buildDeskServer(
  settings: Pick<DeskSettings, 'gatewayUrl' | 'logLevel'>,
  files: ReadonlyMap<string, PageFile>,
  sessions: Sessions | null,
): FastifyInstance {
  const app = Fastify({
    logger: loggerOptions(settings.logLevel),
    bodyLimit: BODY_LIMIT_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MS,
    http: { headersTimeout: REQUEST_TIMEOUT_MS },
    return503OnClosing: false,
    genReqId: requestIdOf,
  })
  app.addHook('onRequest', async (request, reply) => setAnswerHeaders(request, reply))
  app.setNotFoundHandler((_request, reply) => {
    reply.code(404).send({ error: 'There is nothing here. The pages are at / and /in-store.' })
  })

  const addPage = (path: string, fileName: string) => {
    const page = String(files.get(fileName)?.content).replace('%DEMO%', String(sessions !== null))
    app.get(path, async (request, reply) => {
      const gatewayUrl = gatewayUrlFor(request.hostname, settings.gatewayUrl)
      reply
        .headers(pageHeaders(gatewayUrl))
        .header('Cache-Control', 'no-cache')
        .type('text/html; charset=utf-8')
      return page.replace('%GATEWAY_URL%', gatewayUrl)
    })
  }
  addPage('/in-store', '/in-store.html')
  if (sessions === null) {
    // The checkout lives from sessions, which only a demo gives to everybody.
    app.get('/', async (_request, reply) => reply.redirect('/in-store'))
  } else {
    addPage('/', '/index.html')
    addSessionRoutes(app, sessions)
  }
  for (const [path, file] of files) {
    if (file.isImmutable) app.get(path, async (_request, reply) => sendFile(reply, file))
  }
  app.get('/livez', async () => ({ status: 'ok' }))
  app.get('/readyz', async () => ({ status: 'ok' }))
  return app
}

function sendFile(reply: FastifyReply, { content, contentType }: PageFile): FastifyReply {
  return reply
    .type(contentType)
    .header('Cache-Control', 'public, max-age=31536000, immutable')
    .header('Cross-Origin-Resource-Policy', 'same-origin')
    .send(content)
}
