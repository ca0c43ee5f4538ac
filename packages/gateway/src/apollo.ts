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
import type { GatewayContext } from './context.ts'
import { correlationId } from './correlation.ts'
import { createFormatError } from './format-error.ts'
import type { OperationLimits } from './operation-limits.ts'
import { resolvers } from './resolvers/index.ts'

const MAX_TOKENS = 1_000
/** Errors that one document or its variables are told of: an answer must not grow with what was sent. */
const MAX_ERRORS = 5

/** Apollo Server over the published schema. Every default that leaks, phones home or loads a CDN is set. */
export function createApolloServer(
  logger: FastifyBaseLogger,
  production: boolean,
  limits: OperationLimits,
): ApolloServer<GatewayContext> {
  return new ApolloServer<GatewayContext>({
    schema: makeExecutableSchema({ typeDefs, resolvers }),
    logger,
    nodeEnv: production ? 'production' : 'development',
    introspection: !production,
    hideSchemaDetailsFromClientErrors: production,
    includeStacktraceInErrorResponses: false,
    csrfPrevention: true,
    allowBatchedHttpRequests: false,
    persistedQueries: false,
    parseOptions: { maxTokens: MAX_TOKENS },
    validationRules: [limits.rule],
    validationOptions: { maxErrors: MAX_ERRORS },
    executionOptions: { maxCoercionErrors: MAX_ERRORS },
    // The process's signals are handled once, for the server and for Apollo.
    stopOnTerminationSignals: false,
    formatError: createFormatError({
      hideSuggestions: production,
      onMasked: (error) => logger.error({ reqId: correlationId(), err: error }, 'unexpected error'),
    }),
    plugins: [
      {
        async requestDidStart() {
          return {
            async didResolveOperation({ schema, document, operation, request }) {
              // Without one, `operationName` names none, and Apollo says so.
              if (operation === undefined) return
              limits.checkVariables(schema, document, operation, request.variables ?? {})
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
