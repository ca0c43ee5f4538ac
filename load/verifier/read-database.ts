import pg from 'pg'
import type { Plan } from '../plan.ts'
import type { DatabaseRecord, LoggedRedemption } from './find-differences.ts'

/** Reads what the core's database has about the coupons of a plan. @throws Error when it cannot be reached */
export async function readDatabase(databaseUrl: string, plan: Plan): Promise<DatabaseRecord> {
  const codes = plan.coupons.map(({ code }) => code)
  const client = new pg.Client(databaseUrl)
  try {
    await client.connect()
  } catch (error) {
    throw new Error(
      `the database cannot be read: ${error instanceof Error ? error.message : error}`,
      {
        cause: error,
      },
    )
  }
  try {
    const log = await client.query<LoggedRedemption>(
      `select redemption.id as "redemptionId", code as coupon, ordinal,
         redemption.user_id as "user", idempotency_key as key
       from redemption join coupon on coupon.id = coupon_id
       where code = any($1) order by code, ordinal`,
      [codes],
    )
    const used = await client.query<{ code: string; used: number }>(
      'select code, used from coupon_usage join coupon on coupon.id = coupon_id where code = any($1)',
      [codes],
    )
    return { log: log.rows, used: new Map(used.rows.map((row) => [row.code, row.used])) }
  } finally {
    await client.end()
  }
}
