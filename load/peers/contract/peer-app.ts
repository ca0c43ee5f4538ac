import express, { type NextFunction, type Request, type Response } from 'express'
import type { CouponStore, LoggedRedemption } from './coupon-store.ts'
import { refuse, succeed } from './envelope.ts'
import {
  InvalidInputError,
  readCode,
  readNewCoupon,
  readRedeemRequest,
  readText,
} from './read-request.ts'
import { toWireCoupon, toWireRedeemed, toWireRedemption } from './wire-answers.ts'

const MAX_PAGE = 1_000

/**
 * The part of the REST contract that the load scenarios of redeeming and validating need, as an Express app.
 *
 * @param apiKey the one key that may call
 */
export function peerApp(store: CouponStore, apiKey: string): express.Express {
  const app = express()
  app.disable('x-powered-by')
  app.use(express.json())

  const api = express.Router()
  api.use((request, response, next) => {
    if (request.get('Authorization') === `APIKey ${apiKey}`) next()
    else refuse(response, 'UNAUTHENTICATED')
  })

  api.post('/create', async (request, response) => {
    const coupon = readNewCoupon(request.body ?? {})
    const isCreated = await store.create(coupon)
    if (isCreated) succeed(response, coupon.code)
    else refuse(response, 'CODE_TAKEN')
  })

  api.get('/validate', async (request, response) => {
    const { query } = request
    const validation = await store.validate(readCode(query.cpnNo), readText(query.userId))
    if (validation.outcome === 'refused') return refuse(response, validation.reason)
    succeed(response, toWireCoupon(validation.coupon))
  })

  const redeem = async (request: Request, response: Response) => {
    const result = await store.redeem(readRedeemRequest(request))
    if (result.outcome === 'refused') return refuse(response, result.reason)
    if (result.replayed) response.set('Idempotency-Replayed', 'true')
    succeed(response, wantsRepresentation(request) ? toWireRedeemed(result.redemption) : null)
  }
  api.put('/redeem', redeem)
  api.post('/redeem', redeem)

  api.post('/rollback', async (request, response) => {
    const idempotencyKey = request.get('Idempotency-Key')
    if (idempotencyKey === undefined) return refuse(response, 'IDEMPOTENCY_KEY_REQUIRED')
    const result = await store.rollback({
      redemptionId: readText(request.body?.redemptionId) ?? '',
      reason: readText(request.body?.reason) ?? '',
      idempotencyKey,
    })
    if (result.outcome === 'refused') return refuse(response, result.reason)
    if (result.replayed) response.set('Idempotency-Replayed', 'true')
    succeed(response, toWireRedemption(result.redemption))
  })

  api.delete('/delete', async (request, response) => {
    const isDeleted = await store.delete(readCode(request.query.cpnNo))
    if (isDeleted) succeed(response, null)
    else refuse(response, 'NOT_FOUND')
  })

  api.get('/redemptions', async (request, response) => {
    const code = readCode(request.query.cpnNo)
    const cursor = readText(request.query.cursor)
    const limit = Math.min(Number(request.query.limit ?? 100), MAX_PAGE)
    const page = await store.listRedemptions(code, cursor === null ? null : Number(cursor), limit)
    succeed(response, {
      redemptions: page.map(toWireRedemption),
      nextCursor: page.length < limit ? null : cursorAfter(page),
    })
  })

  app.use('/api/coupon/v1', api)
  app.use((_request, response) => refuse(response, 'ROUTE_NOT_FOUND'))
  // Express knows an error handler by its four parameters.
  app.use((error: unknown, _request: Request, response: Response, _next: NextFunction) => {
    if (error instanceof InvalidInputError) {
      refuse(response, 'INVALID_INPUT', error.problems)
    } else {
      console.error(error)
      refuse(response, 'INTERNAL')
    }
  })
  return app
}

function wantsRepresentation(request: Request): boolean {
  return request.get('Prefer')?.includes('return=representation') === true
}

function cursorAfter(page: readonly LoggedRedemption[]): string | null {
  const last = page.at(-1)
  return last === undefined ? null : String(last.ordinal)
}
