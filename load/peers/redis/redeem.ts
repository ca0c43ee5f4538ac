import { createHash, randomUUID } from 'node:crypto'
import type pg from 'pg'
import type {
  LoggedRedemption,
  RedeemRequest,
  RedeemResult,
  RollbackRequest,
  RollbackResult,
} from '../contract/coupon-store.ts'
import { fillCoupon } from './fill-coupon.ts'
import { answerKey, couponKey, EVENTS, redemptionKey, usersKey } from './keys.ts'
import type { Redis } from './open-redis.ts'

type Refusal<Result> = Extract<Result, { readonly reason: string }>['reason']

/** Has the script decide, after the coupon was brought to Redis where it was missing. */
export async function redeem(
  redis: Redis,
  pool: pg.Pool,
  request: RedeemRequest,
): Promise<RedeemResult> {
  const { code, userId, memo, idempotencyKey } = request
  const redemptionId = randomUUID()
  const keys = [
    couponKey(code),
    usersKey(code),
    answerKey(idempotencyKey),
    redemptionKey(redemptionId),
    EVENTS,
  ]
  const args = [
    userId ?? '',
    memo ?? '',
    idempotencyKey ?? '',
    hashOf(request),
    redemptionId,
    new Date().toISOString(),
  ]
  let { verdict, answer } = await redis.redeem(keys, args)
  if (verdict === 'COLD') {
    if (!(await fillCoupon(redis, pool, code))) return { outcome: 'refused', reason: 'NOT_FOUND' }
    ;({ verdict, answer } = await redis.redeem(keys, args))
  }
  if (verdict === 'REDEEMED' || verdict === 'REPLAYED') {
    return {
      outcome: 'redeemed',
      redemption: JSON.parse(answer),
      replayed: verdict === 'REPLAYED',
    }
  }
  return { outcome: 'refused', reason: verdict as Refusal<RedeemResult> }
}

/** Gives a unit back, for what Redis knows of. */
export async function rollback(redis: Redis, request: RollbackRequest): Promise<RollbackResult> {
  const { redemptionId, reason, idempotencyKey } = request
  const coupon = (await redis.hGet(redemptionKey(redemptionId), 'coupon')) ?? couponKey('')
  const code = coupon.slice(couponKey('').length)
  const { verdict, answer: fields } = await redis.rollback(
    [coupon, usersKey(code), answerKey(idempotencyKey), redemptionKey(redemptionId), EVENTS],
    [hashOf(request), redemptionId, reason, new Date().toISOString()],
  )
  if (verdict === 'ROLLED_BACK' || verdict === 'REPLAYED') {
    const redemption = toLogged(redemptionId, code, fields)
    return { outcome: 'rolled back', redemption, replayed: verdict === 'REPLAYED' }
  }
  return { outcome: 'refused', reason: verdict as Refusal<RollbackResult> }
}

function toLogged(
  redemptionId: string,
  code: string,
  namesAndValues: readonly string[],
): LoggedRedemption {
  const field = (name: string) => {
    const at = namesAndValues.findIndex((it, index) => index % 2 === 0 && it === name)
    return at === -1 ? null : namesAndValues[at + 1] || null
  }
  return {
    redemptionId,
    couponId: field('couponId') ?? '',
    code,
    userId: field('user'),
    memo: field('memo'),
    idempotencyKey: field('key'),
    ordinal: Number(field('ordinal')),
    redeemedAt: field('at') ?? '',
    rolledBackAt: field('endedAt'),
    rollbackReason: field('reason'),
  }
}

function hashOf(request: object): string {
  return createHash('sha256').update(JSON.stringify(request)).digest('hex')
}
