import type { Database } from '@coupon-gateway/database'
import type { FastifyInstance } from 'fastify'

/** `/livez`: the process runs. `/readyz`: it can serve, that is, it has its database. */
export function addHealth(app: FastifyInstance, database: Database): void {
  app.get('/livez', async () => ({ status: 'live' }))
  app.get('/readyz', async (_request, reply) => {
    try {
      await database.query('select 1')
      return { status: 'ready' }
    } catch {
      reply.code(503)
      return { status: 'no database' }
    }
  })
}
