import type { FastifyInstance } from 'fastify'

/**
 * `/livez`: the process runs. `/readyz`: it takes work. A gateway whose upstream is down stays ready: it
 * answers with clear errors, and taking every gateway out of service would help nobody.
 */
export function addHealth(app: FastifyInstance): void {
  app.get('/livez', async () => ({ status: 'live' }))
  app.get('/readyz', async (_request, reply) => {
    const { isGiven } = app.stopNotice
    if (isGiven) reply.code(503)
    return { status: isGiven ? 'stopping' : 'ready' }
  })
}
