import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { FastifyInstance } from 'fastify'

/** The page holds no script, and asks for nothing. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "style-src 'unsafe-inline'",
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** Nothing of it is anybody's own, and a new release may change it. */
const CACHE_CONTROL = 'public, max-age=3600'

/** Serves the reference of the published schema at `/reference`, in production too, without a key. */
export function addReference(app: FastifyInstance): void {
  const page = readFileSync(
    createRequire(import.meta.url).resolve('@coupon-gateway/schema/reference.html'),
  )
  app.register(async (reference) => {
    reference.addHook('onSend', async (_request, reply) => {
      reply.header('Content-Security-Policy', CONTENT_SECURITY_POLICY)
      reply.header('Cache-Control', CACHE_CONTROL)
    })
    reference.get('/reference', async (_request, reply) => {
      reply.type('text/html; charset=utf-8')
      return page
    })
  })
}
