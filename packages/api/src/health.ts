import type { Database } from '@coupon-gateway/database'
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import type { RouteDescription } from './openapi/described-route.ts'

const answerWith = (status: string, description: string) => ({
  description,
  content: {
    'application/json': {
      schema: Type.Object({ status: Type.Literal(status) }, { additionalProperties: false }),
    },
  },
})

const livez: RouteDescription = {
  operationId: 'livez',
  summary: 'Does the process run?',
  description: 'For a supervisor, which starts a process anew when it does not answer.',
  tags: ['Service'],
  answers: { responses: { 200: answerWith('live', 'It runs.') } },
}

const readyz: RouteDescription = {
  operationId: 'readyz',
  summary: 'Can the process serve?',
  description: 'For a load balancer: it has its database. Costs one small query.',
  tags: ['Service'],
  answers: {
    responses: {
      200: answerWith('ready', 'It can.'),
      503: answerWith('no database', 'The database does not answer.'),
    },
  },
}

/** `/livez`: the process runs. `/readyz`: it can serve, that is, it has its database. */
export function addHealth(app: FastifyInstance, database: Database): void {
  app.get('/livez', { schema: livez }, async () => ({ status: 'live' }))
  app.get('/readyz', { schema: readyz }, async (_request, reply) => {
    try {
      await database.query('select 1')
      return { status: 'ready' }
    } catch {
      reply.code(503)
      return { status: 'no database' }
    }
  })
}
