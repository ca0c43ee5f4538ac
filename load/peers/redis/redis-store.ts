import { readFile } from 'node:fs/promises'
import type { CouponStore, Validation } from '../contract/coupon-store.ts'
import { createCoupon, deleteCoupon } from '../textbook/create-coupon.ts'
import { openPool } from '../textbook/open-pool.ts'
import { listRedemptions } from '../textbook/redemption-log.ts'
import { validate } from '../textbook/validate.ts'
import { couponKey, usersKey } from './keys.ts'
import { startLogWriter } from './log-writer.ts'
import { openRedis, type Redis } from './open-redis.ts'
import { redeem, rollback } from './redeem.ts'

/**
 * A counter in Redis in front of PostgreSQL, as flash sales are taught: a Lua script decides and puts the redemption on
 * a stream, the caller is answered, and a writer brings the stream to PostgreSQL. It is fast, since it answers before
 * anything is on a disk.
 */
export async function openRedisStore(databaseUrl: string, redisUrl: string): Promise<CouponStore> {
  const pool = openPool(databaseUrl)
  await pool.query(await readFile(new URL('schema.sql', import.meta.url), 'utf8'))
  const redis = await openRedis(redisUrl)
  const reader = await openRedis(redisUrl)
  const writer = startLogWriter(reader, pool)
  return {
    create: (coupon) => createCoupon(pool, coupon),
    validate: async (code, userId) =>
      asCounted(redis, await validate(pool, code, userId), code, userId),
    redeem: (request) => redeem(redis, pool, request),
    rollback: (request) => rollback(redis, request),
    async delete(code) {
      await redis.del([couponKey(code), usersKey(code)])
      return deleteCoupon(pool, code)
    },
    listRedemptions: (code, beforeOrdinal, limit) =>
      listRedemptions(pool, code, beforeOrdinal, limit),
    async close() {
      await writer.stop()
      reader.destroy()
      redis.destroy()
      await pool.end()
    },
  }
}

/** The log is behind the counter: what Redis counts decides. */
async function asCounted(
  redis: Redis,
  validation: Validation,
  code: string,
  userId: string | null,
): Promise<Validation> {
  if (validation.outcome === 'refused') return validation
  const { coupon } = validation
  const [used, redeemed] = await Promise.all([
    redis.hGet(couponKey(code), 'used'),
    userId === null ? 0 : redis.sIsMember(usersKey(code), userId),
  ])
  if (redeemed) return { outcome: 'refused', reason: 'ALREADY_REDEEMED_BY_USER' }
  if (coupon.useLimit > 0 && Number(used ?? 0) >= coupon.useLimit) {
    return { outcome: 'refused', reason: 'EXHAUSTED' }
  }
  return { outcome: 'valid', coupon: { ...coupon, used: Number(used ?? coupon.used) } }
}
