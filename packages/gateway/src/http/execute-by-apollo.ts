import { type ApolloServer, type BaseContext, HeaderMap } from '@apollo/server'
import type { FastifyReply, FastifyRequest } from 'fastify'

/** What Apollo Server is told of a request. */
export interface ApolloRequest {
  readonly method: string
  readonly headers: HeaderMap
  /** The query of the URL with its `?`, or nothing. */
  readonly search: string
  /** Parsed. */
  readonly body: unknown
}

/** Has Apollo Server answer a request, through Fastify. @returns the body, for the handler to return */
export async function executeByApollo<Context extends BaseContext>(
  apollo: ApolloServer<Context>,
  httpGraphQLRequest: ApolloRequest,
  context: () => Promise<Context>,
  reply: FastifyReply,
): Promise<string> {
  const answer = await apollo.executeHTTPGraphQLRequest({ httpGraphQLRequest, context })
  reply.code(answer.status ?? 200)
  for (const [name, value] of answer.headers) reply.header(name, value)
  // Only incremental delivery is chunked, and graphql 16 has none.
  if (answer.body.kind !== 'complete') throw new Error('an answer in chunks was not expected')
  return answer.body.string
}

export function toHeaderMap({ headers }: FastifyRequest): HeaderMap {
  const map = new HeaderMap()
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) map.set(name, Array.isArray(value) ? value.join(', ') : value)
  }
  return map
}
