import { type ApolloServer, HeaderMap } from '@apollo/server'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { GatewayContext } from '../context.ts'
import { withCorrelationId } from '../correlation.ts'
import { sendGraphQLError } from './graphql-errors.ts'

/** Mounts Apollo Server at `POST /graphql`. */
export function addGraphqlRoute(
  app: FastifyInstance,
  apollo: ApolloServer<GatewayContext>,
  contextOf: (request: FastifyRequest) => GatewayContext,
): void {
  app.post('/graphql', (request, reply) =>
    withCorrelationId(request.id, async () => {
      const { status, headers, body } = await apollo.executeHTTPGraphQLRequest({
        httpGraphQLRequest: {
          method: request.method,
          headers: toHeaderMap(request),
          search: searchOf(request.url),
          body: request.body,
        },
        context: async () => contextOf(request),
      })
      reply.code(status ?? 200)
      for (const [name, value] of headers) reply.header(name, value)
      // Only incremental delivery is chunked, and graphql 16 has none.
      if (body.kind !== 'complete') throw new Error('an answer in chunks was not expected')
      return body.string
    }),
  )
}

/**
 * Answers every other method with what is allowed. GET is off: it would put codes into URLs and logs. It
 * needs no key: whoever has one may not either.
 */
export function refuseOtherMethods(app: FastifyInstance): void {
  app.route({
    method: ['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE'],
    url: '/graphql',
    handler: (request, reply) =>
      sendGraphQLError(
        request,
        reply.header('Allow', 'POST'),
        405,
        'METHOD_NOT_ALLOWED',
        'Send GraphQL as POST.',
      ),
  })
}

function toHeaderMap({ headers }: FastifyRequest): HeaderMap {
  const map = new HeaderMap()
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) map.set(name, Array.isArray(value) ? value.join(', ') : value)
  }
  return map
}

function searchOf(url: string): string {
  const start = url.indexOf('?')
  return start === -1 ? '' : url.slice(start)
}
