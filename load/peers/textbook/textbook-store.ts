import { readFile } from 'node:fs/promises'
import pg from 'pg'
import type { CouponStore } from '../contract/coupon-store.ts'
import { createCoupon, deleteCoupon } from './create-coupon.ts'
import { redeem } from './redeem.ts'
import { listRedemptions } from './redemption-log.ts'
import { rollback } from './rollback.ts'
import { validate } from './validate.ts'

/** Twice the driver's own default. More of them would only wait for the same row. */
const POOL_SIZE = 20

/** Opens the database, and makes its tables where they are missing. */
export async function openTextbookStore(databaseUrl: string): Promise<CouponStore> {
  const pool = new pg.Pool({ connectionString: databaseUrl, max: POOL_SIZE })
  // A connection that breaks while nobody uses it must not end the process; the pool opens another one.
  pool.on('error', (error) => console.error(String(error)))
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
