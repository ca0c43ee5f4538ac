import pg from 'pg'
import type { DatabaseRecord, LoggedCounter, LoggedRedemption } from './database-record.ts'

/**
 * Reads what the core's database has about the coupons with these codes, those that were deleted too.
 * @throws Error when it cannot be reached
 */
export async function readDatabase(
  databaseUrl: string,
  codes: readonly string[],
): Promise<DatabaseRecord> {
  const client = new pg.Client(databaseUrl)
  try {
    await client.connect()
  } catch (error) {
    throw new Error(
      `the database cannot be read: ${error instanceof Error ? error.message : error}`,
      { cause: error },
    )
  }
  try {
    const log = await client.query<LoggedRedemption>(
      `select redemption.id as "redemptionId", code as coupon, coupon_id as "couponId", ordinal,
         redemption.user_id as "user", idempotency_key as key, status
       from redemption join coupon on coupon.id = coupon_id
       where code = any($1) order by code, coupon_id, ordinal`,
      [codes],
    )
    const counters = await client.query<LoggedCounter>(
      `select code as coupon, coupon_id as "couponId", coupon_usage.use_limit as limit, used, held
       from coupon_usage join coupon on coupon.id = coupon_id where code = any($1)`,
      [codes],
    )
    return { log: log.rows, counters: counters.rows }
  } finally {
    await client.end()
  }
}
