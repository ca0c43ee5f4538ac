import type { ApolloServer } from '@apollo/server'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { GatewayContext } from '../context.ts'
import { withRequestRecord } from '../correlation.ts'
import type { ShortPath } from '../short-path/short-path.ts'
import { isObject, type RequestMembers, recognize } from '../trusted-documents/recognize.ts'
import type { JudgeOtherDocument } from '../trusted-documents/trust-mode.ts'
import type { TrustedDocument, TrustedDocuments } from '../trusted-documents/trusted-documents.ts'
import { createAnswerTypes } from './answer-type.ts'
import { executeByApollo, toHeaderMap } from './execute-by-apollo.ts'
import { sendGraphQLError } from './graphql-errors.ts'
import { readSearch } from './graphql-search.ts'

export interface GraphqlRouteParts {
  readonly apollo: ApolloServer<GatewayContext>
  readonly documents: TrustedDocuments
  /** Null: Apollo Server answers everything. */
  readonly shortPath: ShortPath | null
  readonly judgeOther: JudgeOtherDocument
  readonly contextOf: (request: FastifyRequest) => GatewayContext
}

/**
 * Mounts GraphQL at `/graphql`: POST for everything, and GET for queries that are trusted documents. Of documents that are
 * trusted or familiar the short path answers what it can, Apollo Server the rest.
 */
export function addGraphqlRoute(app: FastifyInstance, parts: GraphqlRouteParts): void {
  const { apollo, documents, shortPath, judgeOther, contextOf } = parts
  const chooseAnswerType = createAnswerTypes()

  app.post('/graphql', (request, reply) =>
    withRequestRecord(request.record, () => answer(request, reply, request.body)),
  )

  app.get('/graphql', { exposeHeadRoute: false }, (request, reply) =>
    withRequestRecord(request.record, async () => {
      const members = readSearch(request.query)
      if (members === undefined) {
        return sendGraphQLError(
          request,
          reply,
          400,
          'BAD_REQUEST',
          '`documentId`, `query` and `operationName` may each come once; `variables` and `extensions` once, as JSON objects.',
        )
      }
      const recognized = recognize(documents, members)
      const isAllowed =
        recognized.kind === 'refused' ||
        (recognized.kind === 'trusted' && recognized.document.isQuery)
      return isAllowed ? answer(request, reply, members) : refuseMethod(request, reply)
    }),
  )

  async function answer(request: FastifyRequest, reply: FastifyReply, body: unknown) {
    const type = chooseAnswerType(request.headers.accept)
    if (type === undefined) {
      // Before anything is run: what a write answers must not be lost.
      return sendGraphQLError(
        request,
        reply,
        406,
        'BAD_REQUEST',
        '`Accept` must allow application/json or application/graphql-response+json.',
      )
    }
    const members: RequestMembers = isObject(body) ? body : {}
    const recognized = recognize(documents, members)
    const judged = recognized.kind === 'other' ? judgeOther(request, members) : recognized
    if (judged.kind === 'refused') {
      return sendGraphQLError(request, reply, judged.status, judged.code, judged.message)
    }
    if (judged.kind === 'trusted') {
      if (request.record !== null) request.record.operation = judged.document.operationName
    }
    const document =
      judged.kind === 'trusted' ? judged.document : shortPath?.familiar.find(members.query)
    const answered =
      document && (await shortPath?.answer(document, members, () => contextOf(request)))
    if (answered !== undefined) {
      reply.header('content-type', type)
      return answered
    }
    return judged.kind === 'trusted'
      ? answerByApollo(request, reply, asWholeText(members, judged.document))
      : answerByApollo(request, reply, withoutPersistedQuery(body))
  }

  function answerByApollo(request: FastifyRequest, reply: FastifyReply, body: unknown) {
    const headers = toHeaderMap(request)
    // What a page of another origin can send without being asked first brings no key, and did not get here.
    if (request.method === 'GET') headers.set('apollo-require-preflight', 'true')
    const sent = { method: 'POST', headers, search: '', body }
    return executeByApollo(apollo, sent, async () => contextOf(request), reply)
  }
}

/**
 * Answers every other method with what is allowed. It needs no key: whoever has one may not either.
 */
export function refuseOtherMethods(app: FastifyInstance): void {
  app.route({
    method: ['HEAD', 'PUT', 'PATCH', 'DELETE'],
    url: '/graphql',
    handler: refuseMethod,
  })
}

/** GET is off for what is not trusted: it would put codes into URLs and logs. */
export function refuseMethod(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  return sendGraphQLError(
    request,
    reply.header('Allow', 'POST'),
    405,
    'METHOD_NOT_ALLOWED',
    'Send GraphQL as POST. GET is for queries that are trusted documents.',
  )
}

/** The same request, as Apollo Server knows it: with the text, and nothing that takes its place. */
function asWholeText(members: RequestMembers, { text }: TrustedDocument): object {
  const { documentId: _, ...others } = members
  return withoutPersistedQuery({ ...others, query: text })
}

/** Whose hash is known to be right, or there would be no text. */
function withoutPersistedQuery<Body>(body: Body): Body {
  if (!isObject(body) || !isObject(body.extensions)) return body
  const { persistedQuery: _, ...extensions } = body.extensions
  return { ...body, extensions }
}
