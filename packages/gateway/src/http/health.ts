import type { FastifyInstance } from 'fastify'

/**
 * `/livez`: the process runs. `/readyz`: it takes work. A gateway whose upstream is down stays ready: it
 * answers with clear errors, and taking every gateway out of service would help nobody.
 */
export function addHealth(app: FastifyInstance): void {
  let isStopping = false
  app.addHook('preClose', async () => {
    isStopping = true
  })
  app.get('/livez', async () => ({ status: 'live' }))
  app.get('/readyz', async (_request, reply) => {
    if (isStopping) reply.code(503)
    return { status: isStopping ? 'stopping' : 'ready' }
  })
}
