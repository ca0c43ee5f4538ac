import type { CouponCore } from '@coupon-gateway/core'
import type { Database } from '@coupon-gateway/database'
import { requestIdOf } from '@coupon-gateway/service'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import Fastify, { type FastifyInstance, type FastifyServerOptions } from 'fastify'
import type { ApiKeys } from './api-keys.ts'
import { requireCouponPlan } from './authentication.ts'
import { isStorableText, TEXT_FORMAT } from './coupon-fields.ts'
import { refuse } from './envelope.ts'
import { handleError } from './error-handler.ts'
import { addHealth } from './health.ts'
import { createRoute } from './routes/create.ts'
import { deleteRoute } from './routes/delete.ts'
import { redeemRoute } from './routes/redeem.ts'
import { updateRoute } from './routes/update.ts'
import { validateRoute } from './routes/validate.ts'

/** The largest body a call needs is a create with every text full. */
const BODY_LIMIT_BYTES = 64 * 1024
/** A client that needs longer to send its request is cut off. */
const REQUEST_TIMEOUT_MS = 10_000

const BASE_PATH = '/api/coupon/v1'

export interface ApiParts {
  readonly core: CouponCore
  readonly database: Database
  readonly keys: ApiKeys
}

/** Builds the REST API over its parts. It does not listen yet. */
export function buildApiServer(
  { core, database, keys }: ApiParts,
  logger: NonNullable<FastifyServerOptions['logger']>,
): FastifyInstance {
  const app = Fastify({
    logger,
    bodyLimit: BODY_LIMIT_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MS,
    // While stopping, what still comes in is answered, with `Connection: close`.
    return503OnClosing: false,
    genReqId: requestIdOf,
    ajv: {
      customOptions: {
        allErrors: true,
        verbose: true,
        coerceTypes: false,
        removeAdditional: false,
        keywords: ['allowed'],
        formats: { [TEXT_FORMAT]: isStorableText },
      },
    },
  }).withTypeProvider<TypeBoxTypeProvider>()

  app.removeContentTypeParser('text/plain')
  app.setErrorHandler(handleError)
  app.setNotFoundHandler((_request, reply) => reply.send(refuse(reply, 'ROUTE_NOT_FOUND')))
  app.addHook('onSend', async (request, reply) => {
    reply.header('X-Request-Id', request.id)
    reply.header('Cache-Control', 'no-store')
    reply.header('X-Content-Type-Options', 'nosniff')
  })

  addHealth(app, database)
  app.register(
    async (coupons) => {
      coupons.addHook('onRequest', requireCouponPlan(keys))
      for (const route of [validateRoute, redeemRoute, createRoute, updateRoute, deleteRoute]) {
        coupons.register(route(core))
      }
    },
    { prefix: BASE_PATH },
  )
  return app
}
