import { randomUUID } from 'node:crypto'
import type { Queryable } from '@coupon-gateway/database'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type CoreUnderTest, openOnPostgres } from './core-under-test.ts'

/** Of the one coupon, after the planner has looked last. */
const LOG_ROWS = 1_000
const COUPONS = 50

let subject: CoreUnderTest
beforeEach(async () => {
  subject = await openOnPostgres()
})
afterEach(() => subject.close())

/** A request looks for its user. It read all redemptions of the coupon where the planner had nothing to tell the indexes by. */
describe('a request reads the redemptions of its user alone', () => {
  it('when the log was empty as it was planned', async () => {
    const code = await subject.create({ useLimit: 1_000_000 })
    await expectFewRows(code)
  })

  it('when each coupon of the log had been used once', async () => {
    const code = await subject.create({ useLimit: 1_000_000 })
    await Promise.all(
      Array.from({ length: COUPONS }, async () =>
        subject.redeem(await subject.create({ useLimit: 5 }), { userId: 'ada' }),
      ),
    )
    await subject.database.execute('analyze')
    await expectFewRows(code)
  })
})

async function expectFewRows(code: string): Promise<void> {
  const { accountId, database } = subject
  await database.transaction(async (transaction) => {
    const decide = (userId: string) =>
      transaction.query('select take_units($1::jsonb)', [
        JSON.stringify([
          { n: 0, id: randomUUID(), account_id: accountId, code, user_id: userId, memo: '' },
        ]),
      ])
    await decide('ada')
    await transaction.query(
      `insert into redemption (
         id, account_id, coupon_id, user_id, user_ordinal, memo, status, taken_at, redeemed_at
       )
       select gen_random_uuid(), account_id, coupon.id, 'user-' || n, 1, '', 'REDEEMED', now(), now()
       from coupon, generate_series(1, $2) as n where code = $1`,
      [code, LOG_ROWS],
    )
    const before = await countRows(transaction)
    await decide('bert')
    expect((await countRows(transaction)) - before).toBeLessThan(10)
  })
}

/** Rows of the log that were found by an index in this transaction. */
async function countRows(transaction: Queryable): Promise<number> {
  const [row] = await transaction.query<{ found: number }>(
    `select idx_tup_fetch::int as found from pg_stat_xact_user_tables where relname = 'redemption'`,
  )
  return row?.found ?? 0
}
