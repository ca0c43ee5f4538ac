import type { UpstreamClient } from '@coupon-gateway/client'
import {
  addStopNotice,
  loggerOptions,
  requestIdOf,
  setAnswerHeaders,
} from '@coupon-gateway/service'
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { createApolloServer, makeGatewaySchema } from './apollo.ts'
import { createCallBudgets } from './budgets/call-budgets.ts'
import { createRequestBudget } from './budgets/request-budget.ts'
import { createContext } from './context.ts'
import { correlationId } from './correlation.ts'
import { createFormatError } from './format-error.ts'
import type { GatewayKeys } from './gateway-keys.ts'
import { limitRequests, refuseSpentTokens } from './http/admission.ts'
import { requireCaller } from './http/authentication.ts'
import { handleClientError } from './http/client-error.ts'
import { addPreflight, collectOrigins, shareWithPages } from './http/cors.ts'
import { handleHttpError, sendGraphQLError } from './http/graphql-errors.ts'
import { addGraphqlRoute, refuseOtherMethods } from './http/graphql-route.ts'
import { addHealth } from './http/health.ts'
import { addPlayground } from './http/playground.ts'
import { addReference } from './http/reference.ts'
import { createIdentifier } from './identify-caller.ts'
import { createLimitReports } from './limit-reports.ts'
import type { GatewayMetrics } from './observability/gateway-metrics.ts'
import { observeRequests } from './observability/observe-requests.ts'
import { createOperationLimits } from './operation-limits.ts'
import type { GatewaySettings } from './settings.ts'
import { createShortPath } from './short-path/short-path.ts'
import { createTokenVerifier } from './tokens/token-verifier.ts'
import { readManifests } from './trusted-documents/manifest.ts'
import { createJudgeOfOthers } from './trusted-documents/trust-mode.ts'
import { prepareTrustedDocuments } from './trusted-documents/trusted-documents.ts'

/** "Limits of one operation" of the contract. */
const BODY_LIMIT_BYTES = 32 * 1024
/** A client that needs longer to send its request is cut off. */
const REQUEST_TIMEOUT_MS = 10_000
/** How often such clients are looked for; Node's own 30 s would make the timeout one of up to 40 s. */
const REQUEST_TIMEOUT_CHECK_MS = 1_000

export interface GatewayServerOptions {
  /** False: Apollo Server answers everything. To compare the two, since they must answer the same. */
  readonly takesShortPath?: boolean
  /** Default none are kept. */
  readonly metrics?: GatewayMetrics | null
}

/**
 * Builds the gateway over its parts, started but not listening yet.
 * @throws SettingsError when a trusted document is wrong
 */
export async function buildGatewayServer(
  settings: GatewaySettings,
  keys: GatewayKeys,
  upstream: UpstreamClient,
  { takesShortPath = true, metrics = null }: GatewayServerOptions = {},
): Promise<FastifyInstance> {
  const { production, trustedDocuments } = settings
  const app = Fastify({
    logger: loggerOptions(settings.logLevel),
    bodyLimit: BODY_LIMIT_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MS,
    // Node takes the longer one of the two for the whole request, and its own is 60 s.
    http: {
      headersTimeout: REQUEST_TIMEOUT_MS,
      connectionsCheckingInterval: REQUEST_TIMEOUT_CHECK_MS,
    },
    return503OnClosing: false,
    genReqId: requestIdOf,
    trustProxy: settings.trustedProxies.length > 0 ? [...settings.trustedProxies] : false,
    clientErrorHandler: handleClientError,
    // A path that cannot be decoded. Fastify runs no hooks for it.
    frameworkErrors(_error, request, reply) {
      setAnswerHeaders(request, reply)
      sendNotFound(request, reply)
    },
  })
  app.removeContentTypeParser('text/plain')
  app.setErrorHandler(handleHttpError)
  app.setNotFoundHandler(sendNotFound)
  app.addHook('onSend', function protectAnswer(request, reply, _payload, done) {
    setAnswerHeaders(request, reply)
    done()
  })
  addStopNotice(app)
  observeRequests(app, { metrics, isTraced: settings.operation.tracing !== null })

  const schema = makeGatewaySchema()
  const formatError = createFormatError({
    hideSuggestions: production,
    onMasked: (error) => app.log.error({ reqId: correlationId(), err: error }, 'unexpected error'),
  })
  const reports = createLimitReports({
    log: (details, message) => app.log.warn({ reqId: correlationId(), ...details }, message),
    ...(metrics === null ? {} : { count: metrics.countExceededLimit }),
  })
  const limits = createOperationLimits({ mode: settings.operationLimits, reports })
  const documents = prepareTrustedDocuments(await readManifests(trustedDocuments.file), {
    schema,
    limits,
    production,
  })
  metrics?.knowOperations(documents.all.flatMap(({ operationName }) => operationName ?? []))
  const shortPath = takesShortPath
    ? createShortPath({ schema, limits, documents, formatError })
    : null
  const apollo = createApolloServer({
    schema,
    limits,
    formatError,
    logger: app.log,
    production,
    onDocument: (text, document) => shortPath?.familiar.notice(text, document),
  })
  const budgets = createCallBudgets(settings.abuseBudgets, reports, Date.now, settings.workers)
  await apollo.start()
  app.addHook('onClose', () => apollo.stop())

  addHealth(app)
  addReference(app)
  if (!production) addPlayground(app, settings.demo)
  const { tokens } = settings
  const origins = collectOrigins([...keys.inBrowsers, ...(tokens === null ? [] : [tokens])])
  const verifier =
    tokens === null
      ? null
      : createTokenVerifier(tokens, (err) => app.log.error({ err }, 'tokens cannot be checked'))
  addPreflight(app, origins)
  refuseOtherMethods(app)
  const validatesMany = settings.upstream.profile === 'native'
  const parts = { upstream, budgets, validatesMany, metrics }
  app.register(async (graphql) => {
    graphql.addHook('onRequest', shareWithPages(origins))
    const requests = createRequestBudget(settings.abuseBudgets, reports)
    graphql.addHook('onRequest', refuseSpentTokens(requests))
    graphql.addHook('onRequest', requireCaller(createIdentifier(keys, verifier)))
    limitRequests(graphql, requests, budgets)
    addGraphqlRoute(graphql, {
      apollo,
      documents,
      shortPath,
      judgeOther: createJudgeOfOthers(trustedDocuments.mode),
      contextOf: (request) => createContext(parts, request, request.id),
    })
  })
  return app
}

function sendNotFound(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  return sendGraphQLError(
    request,
    reply,
    404,
    'ROUTE_NOT_FOUND',
    'There is nothing here. GraphQL is at /graphql.',
  )
}
