import { readFile } from 'node:fs/promises'
import type { CouponStore } from '../contract/coupon-store.ts'
import { createCoupon, deleteCoupon } from './create-coupon.ts'
import { openPool } from './open-pool.ts'
import { redeem } from './redeem.ts'
import { listRedemptions } from './redemption-log.ts'
import { rollback } from './rollback.ts'
import { validate } from './validate.ts'

/** Opens the database, and makes its tables where they are missing. */
export async function openTextbookStore(databaseUrl: string): Promise<CouponStore> {
  const pool = openPool(databaseUrl)
  await pool.query(await readFile(new URL('schema.sql', import.meta.url), 'utf8'))
  return {
    create: (coupon) => createCoupon(pool, coupon),
    validate: (code, userId) => validate(pool, code, userId),
    redeem: (request) => redeem(pool, request),
    rollback: (request) => rollback(pool, request),
    delete: (code) => deleteCoupon(pool, code),
    listRedemptions: (code, beforeOrdinal, limit) =>
      listRedemptions(pool, code, beforeOrdinal, limit),
    close: () => pool.end(),
  }
}
