import type { Queryable } from '@coupon-gateway/database'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { readPicture } from '../src/coupon-row.ts'
import { listCoupons } from '../src/list-coupons.ts'
import { listRedemptions } from '../src/redemption-log.ts'
import { validateCoupons } from '../src/validate-coupon.ts'
import { type CoreUnderTest, openOnPostgres } from './core-under-test.ts'

/** So many redemptions of one coupon make the planner think that every coupon has as many. */
const LOG_ROWS = 30_000

let subject: CoreUnderTest
beforeAll(async () => {
  subject = await openOnPostgres()
  const hot = await subject.create()
  await subject.database.query(
    `insert into redemption (
       id, account_id, coupon_id, user_id, user_ordinal, memo, status, taken_at, redeemed_at
     )
     select (lpad(to_hex(1700000000000 + n), 12, '0') || '70008000' || lpad(to_hex(n), 12, '0'))::uuid,
       account_id, coupon.id, 'user-' || n, 1, '', 'REDEEMED', to_timestamp(1700000000 + n / 1000.0),
       to_timestamp(1700000000 + n / 1000.0)
     from coupon, generate_series(1, $2) as n where code = $1`,
    [hot, LOG_ROWS],
  )
  await subject.database.execute('analyze')
})
afterAll(() => subject.close())

it('a coupon that was hardly used was counted by reading all of the log, and no question reads it whole now', async () => {
  const { accountId, database } = subject
  const code = await subject.create()
  await subject.redeem(code, { userId: 'ada' })
  const page = { accountId, cursor: null, limit: 10 }
  await database.transaction(async (transaction) => {
    const before = await countScans(transaction)
    // A prepared statement is planned for its values five times, and then once for all.
    for (let time = 0; time < 7; time += 1) {
      await readPicture(transaction, { accountId, code, userId: 'ada' })
      await validateCoupons(transaction, { accountId, codes: [code], userId: 'ada' })
      await listCoupons(transaction, { ...page, groupId: null })
      for (const filter of [
        {},
        { code },
        { userId: 'ada' },
        { code, userId: 'ada' },
        { status: 'REDEEMED' },
        { status: 'EXPIRED' },
        { code, status: 'ROLLED_BACK' },
        { takenFrom: new Date() },
      ] as const) {
        await listRedemptions(transaction, { ...page, ...filter })
      }
    }
    const after = await countScans(transaction)
    expect(after.whole - before.whole).toBe(0)
    expect(after.byIndex).toBeGreaterThan(before.byIndex)
  })
})

/** Of the log. Counted from what the connection last reported, so that the making of the indexes may be in it. */
async function countScans(transaction: Queryable): Promise<{ whole: number; byIndex: number }> {
  const [scans] = await transaction.query<{ whole: number; byIndex: number }>(
    `select seq_scan::int as whole, idx_scan::int as "byIndex"
     from pg_stat_xact_user_tables where relname = 'redemption'`,
  )
  if (scans === undefined) throw new Error('nothing is known of the log')
  return scans
}
