import type { Database } from '@coupon-gateway/database'
import type { FastifyInstance } from 'fastify'
import { type TLiteral, type TUnion, Type } from 'typebox'
import type { RouteDescription } from './openapi/described-route.ts'

const answerWith = (status: TLiteral | TUnion<TLiteral[]>, description: string) => ({
  description,
  content: {
    'application/json': {
      schema: Type.Object({ status }, { additionalProperties: false }),
    },
  },
})

const livez: RouteDescription = {
  operationId: 'livez',
  summary: 'Does the process run?',
  description: 'For a supervisor, which starts a process anew when it does not answer.',
  tags: ['Service'],
  answers: { responses: { 200: answerWith(Type.Literal('live'), 'It runs.') } },
}

const readyz: RouteDescription = {
  operationId: 'readyz',
  summary: 'Can the process serve?',
  description:
    'For a load balancer: it has its database, and is not about to stop. Costs one small query.',
  tags: ['Service'],
  answers: {
    responses: {
      200: answerWith(Type.Literal('ready'), 'It can.'),
      503: answerWith(
        Type.Union([Type.Literal('no database'), Type.Literal('stopping')]),
        'The database does not answer, or the process is about to stop: send elsewhere.',
      ),
    },
  },
}

/** `/livez`: the process runs. `/readyz`: it can serve, that is, it has its database and will go on. */
export function addHealth(app: FastifyInstance, database: Database): void {
  app.get('/livez', { schema: livez }, async () => ({ status: 'live' }))
  app.get('/readyz', { schema: readyz }, async (_request, reply) => {
    if (app.stopNotice.isGiven) {
      reply.code(503)
      return { status: 'stopping' }
    }
    try {
      await database.query('select 1')
      return { status: 'ready' }
    } catch {
      reply.code(503)
      return { status: 'no database' }
    }
  })
}
