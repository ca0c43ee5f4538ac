import { ApolloServer } from '@apollo/server'
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled'
import { typeDefs } from '@coupon-gateway/schema'
import { makeExecutableSchema } from '@graphql-tools/schema'
import type { FastifyBaseLogger } from 'fastify'
import type { DocumentNode, GraphQLSchema } from 'graphql'
import type { GatewayContext } from './context.ts'
import { MAX_ERRORS, PARSE_OPTIONS } from './document-rules.ts'
import { createDocumentStore } from './document-store.ts'
import type { createFormatError } from './format-error.ts'
import type { OperationLimits } from './operation-limits.ts'
import { resolvers } from './resolvers/index.ts'

/** The published schema with its resolvers. */
export const makeGatewaySchema = () => makeExecutableSchema({ typeDefs, resolvers })

export interface ApolloParts {
  readonly schema: GraphQLSchema
  readonly formatError: ReturnType<typeof createFormatError>
  readonly logger: FastifyBaseLogger
  readonly production: boolean
  readonly limits: OperationLimits
  /** Gets each document that is about to be run, with its text. */
  readonly onDocument: (text: string, document: DocumentNode) => void
}

/** Apollo Server over the published schema. Every default that leaks, phones home or loads a CDN is set. */
export function createApolloServer({
  schema,
  formatError,
  logger,
  production,
  limits,
  onDocument,
}: ApolloParts): ApolloServer<GatewayContext> {
  return new ApolloServer<GatewayContext>({
    schema,
    logger,
    nodeEnv: production ? 'production' : 'development',
    introspection: !production,
    // `formatError` does, in time that does not grow with the square of what was sent.
    hideSchemaDetailsFromClientErrors: false,
    includeStacktraceInErrorResponses: false,
    csrfPrevention: true,
    allowBatchedHttpRequests: false,
    persistedQueries: false,
    parseOptions: PARSE_OPTIONS,
    documentStore: createDocumentStore(),
    validationRules: [limits.rule],
    validationOptions: { maxErrors: MAX_ERRORS },
    executionOptions: { maxCoercionErrors: MAX_ERRORS },
    // The process's signals are handled once, for the server and for Apollo.
    stopOnTerminationSignals: false,
    formatError,
    plugins: [
      {
        async requestDidStart() {
          return {
            async didResolveOperation({ schema, source, document, operation, request }) {
              // Without one, `operationName` names none, and Apollo says so.
              if (operation === undefined) return
              limits.checkVariables(schema, document, operation, request.variables ?? {})
              onDocument(source, document)
            },
          }
        },
      },
      // It wraps every resolver of the schema to compute a header that is always `no-store` here.
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginInlineTraceDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginSchemaReportingDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
    ],
  })
}
