import { createRequire } from 'node:module'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import staticFiles from '@fastify/static'
import type { FastifyInstance } from 'fastify'

const PAGE_DIRECTORY = fileURLToPath(new URL('../../reference/', import.meta.url))
const SWAGGER_UI_DIRECTORY = dirname(
  createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'),
)
const SWAGGER_UI_FILES = ['swagger-ui.css', 'swagger-ui-bundle.js', 'favicon-32x32.png']

/** Everything comes from this server: the page works without the internet, and can send nothing out. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  // Swagger UI sets styles on its elements.
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** Nothing of the page is anybody's own, and the script is large. */
const CACHE_CONTROL = 'public, max-age=3600'

/** Serves the OpenAPI document at `/openapi.json`, and at `/docs` a page to read it and to try its calls. */
export function addReference(app: FastifyInstance): void {
  let document: string | undefined
  app.get('/openapi.json', async (_request, reply) => {
    document ??= JSON.stringify(app.describe())
    reply.type('application/json; charset=utf-8')
    return document
  })
  // Relative, for a proxy that serves all this under a path of its own.
  app.get('/docs', async (_request, reply) => reply.redirect('docs/', 302))
  app.register(
    async (page) => {
      page.addHook('onSend', async (_request, reply) => {
        reply.header('Content-Security-Policy', CONTENT_SECURITY_POLICY)
        reply.header('Cache-Control', CACHE_CONTROL)
      })
      page.register(staticFiles, { root: PAGE_DIRECTORY, cacheControl: false })
      for (const file of SWAGGER_UI_FILES) {
        page.get(`/${file}`, (_request, reply) => reply.sendFile(file, SWAGGER_UI_DIRECTORY))
      }
    },
    { prefix: '/docs' },
  )
}
