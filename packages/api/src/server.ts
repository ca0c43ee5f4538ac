import type { CouponCore } from '@coupon-gateway/core'
import type { Database } from '@coupon-gateway/database'
import {
  addStopNotice,
  requestIdOf,
  setAnswerHeaders,
  traceRequests,
} from '@coupon-gateway/service'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import Fastify, { type FastifyInstance, type FastifyServerOptions } from 'fastify'
import type { ApiKeys } from './api-keys.ts'
import type { ApiProfile } from './api-profile.ts'
import { authenticate, requireCouponPlan } from './authentication.ts'
import { handleClientError } from './client-error.ts'
import { enforceRateLimits } from './enforce-rate-limits.ts'
import { handleError, handleFrameworkError } from './error-handler.ts'
import { continueIfFit } from './expect-continue.ts'
import { addHealth } from './health.ts'
import { requireHost } from './host-header.ts'
import { refuseTooManyFields } from './input-size.ts'
import { addJsonBody } from './json-body.ts'
import { createKeyGuesses } from './key-guesses.ts'
import { nameLanguage } from './language.ts'
import type { ApiMetrics } from './observability/api-metrics.ts'
import { isProbe, measureApi, nameErrorsOfSpans } from './observability/measure-api.ts'
import { addReference } from './openapi/add-reference.ts'
import { collectRoutes } from './openapi/document.ts'
import type { PlanLimits } from './plans.ts'
import { dropIgnoredHeaders, requireUserAgent, withholdHeaders } from './profile-hooks.ts'
import { createRateLimits } from './rate-limits.ts'
import { confirmRoute } from './routes/confirm.ts'
import { createRoute } from './routes/create.ts'
import { createBulkRoute } from './routes/create-bulk.ts'
import { deleteRoute } from './routes/delete.ts'
import { listRoute } from './routes/list.ts'
import { redeemRoute } from './routes/redeem.ts'
import { redemptionRoute } from './routes/redemption.ts'
import { redemptionsRoute } from './routes/redemptions.ts'
import { releaseRoute } from './routes/release.ts'
import { reserveRoute } from './routes/reserve.ts'
import { rollbackRoute } from './routes/rollback.ts'
import { updateRoute } from './routes/update.ts'
import { validateRoute } from './routes/validate.ts'
import { validateBatchRoute } from './routes/validate-batch.ts'
import { runChecks } from './run-checks.ts'
import { refuseUnknownQuery } from './unknown-query.ts'
import { refuseUnknownRoute } from './unknown-route.ts'
import { VALIDATOR_OPTIONS } from './validator-options.ts'

/** The largest body a call needs is a create with every text full. */
const BODY_LIMIT_BYTES = 64 * 1024
/** A client that needs longer to send its request is cut off. */
const REQUEST_TIMEOUT_MS = 10_000
/** How often such clients are looked for; Node's own 30 s would make the timeout one of up to 40 s. */
const REQUEST_TIMEOUT_CHECK_MS = 1_000

const BASE_PATH = '/api/coupon/v1'

const CONTRACT_ROUTES = [validateRoute, redeemRoute, createRoute, updateRoute, deleteRoute]
/** Calls that the hosted service does not have. */
const EXTENSION_ROUTES: typeof CONTRACT_ROUTES = [
  validateBatchRoute,
  reserveRoute,
  confirmRoute,
  releaseRoute,
  rollbackRoute,
  redemptionsRoute,
  redemptionRoute,
  listRoute,
  createBulkRoute,
]

export interface ApiParts {
  readonly core: CouponCore
  readonly database: Database
  readonly keys: ApiKeys
  readonly profile: ApiProfile
  readonly planLimits: PlanLimits
  /** Addresses or ranges of proxies that are believed about whom a request comes from. Default none. */
  readonly trustedProxies?: readonly string[]
  /** Default none are kept. */
  readonly metrics?: ApiMetrics | null
  /** Whether requests get spans. Default not. */
  readonly isTraced?: boolean
}

/** Builds the REST API over its parts. It does not listen yet. */
export function buildApiServer(
  {
    core,
    database,
    keys,
    profile,
    planLimits,
    trustedProxies = [],
    metrics = null,
    isTraced = false,
  }: ApiParts,
  logger: NonNullable<FastifyServerOptions['logger']>,
): FastifyInstance {
  const app = Fastify({
    logger,
    bodyLimit: BODY_LIMIT_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MS,
    http: {
      // Node takes the longer one of this and the request's for the whole request, and its own is 60 s.
      headersTimeout: REQUEST_TIMEOUT_MS,
      connectionsCheckingInterval: REQUEST_TIMEOUT_CHECK_MS,
      // Refused by a hook of ours, in the envelope.
      requireHostHeader: false,
    },
    clientErrorHandler: handleClientError,
    frameworkErrors: handleFrameworkError,
    // While stopping, what still comes in is answered, with `Connection: close`.
    return503OnClosing: false,
    genReqId: requestIdOf,
    trustProxy: trustedProxies.length > 0 ? [...trustedProxies] : false,
    ajv: { customOptions: VALIDATOR_OPTIONS },
  }).withTypeProvider<TypeBoxTypeProvider>()

  app.removeContentTypeParser('text/plain')
  addJsonBody(app)
  app.setErrorHandler(handleError)
  app.decorate('profile', profile)
  app.decorateRequest('caller')
  app.decorateRequest('failedWith', null)
  addStopNotice(app)
  if (metrics !== null) measureApi(app, metrics)
  if (isTraced) {
    traceRequests(app, isProbe)
    nameErrorsOfSpans(app)
  }
  app.addHook('onRequest', runChecks(requireHost, refuseUnknownRoute))
  app.addHook('onSend', function completeHeaders(request, reply, _payload, done) {
    setAnswerHeaders(request, reply)
    withholdHeaders(request, reply)
    done()
  })
  // Node would answer an `Expect` that it does not know itself, without the envelope. It may be passed over.
  app.server.on('checkExpectation', app.routing)
  app.server.on('checkContinue', continueIfFit(app.routing, BODY_LIMIT_BYTES))

  app.decorate('describe', collectRoutes(app))
  addHealth(app, database)
  if (profile.hasReference) addReference(app)
  app.register(
    async (coupons) => {
      coupons.addHook('onRoute', refuseUnknownQuery)
      coupons.addHook('onRequest', runChecks(requireUserAgent, dropIgnoredHeaders))
      coupons.addHook('onRequest', authenticate(keys, createKeyGuesses()))
      coupons.addHook('onRequest', enforceRateLimits(createRateLimits(database), planLimits))
      coupons.addHook('onRequest', runChecks(requireCouponPlan, nameLanguage))
      coupons.addHook('preValidation', runChecks(refuseTooManyFields))
      const extensions = profile.hasExtensionCalls ? EXTENSION_ROUTES : []
      for (const route of [...CONTRACT_ROUTES, ...extensions]) coupons.register(route(core))
    },
    { prefix: BASE_PATH },
  )
  return app
}
