import type { Database } from '@coupon-gateway/database'
import { expect, it } from 'vitest'
import { type BulkCreation, openCouponCore } from '../src/index.ts'
import { newKey, openPostgresDatabase } from './core-under-test.ts'

/** Readers of each kind of long answer at once: many more than the connections they may have. */
const READERS = 4
const COUNT = 2_001

it('many readers of long answers had every connection between them, and have two', async () => {
  const database = await openPostgresDatabase()
  const counted = countCalls(database)
  const core = await openCouponCore(counted.database)
  const { id: accountId } = await core.ensureAccount('shop', 'UTC')
  const creations: BulkCreation[] = []
  for (let n = 0; n < READERS; n += 1) {
    const result = await core.createBulk({
      accountId,
      count: COUNT,
      codeShape: { length: 12 },
      coupon: { discountKind: 'percent', discount: 10 },
      idempotencyKey: newKey(),
    })
    if (result.outcome !== 'started') throw new Error(result.outcome)
    creations.push(result.creation)
  }

  counted.forget()
  const made = await Promise.all(creations.map((creation) => countAll(creation.codes())))
  expect(made).toEqual(creations.map(() => COUNT))
  expect(counted.mostAtOnce()).toBe(2)

  counted.forget()
  const streams = Array.from({ length: READERS }, () => [
    countAll(core.streamCoupons(accountId)),
    countAll(core.streamRedemptions({ accountId, cursor: null })),
  ])
  const [coupons] = await Promise.all(streams.flat())
  expect(coupons).toBe(READERS * COUNT)
  expect(counted.mostAtOnce()).toBe(2)
  await database.close()
})

async function countAll(chunks: AsyncIterable<readonly unknown[]>): Promise<number> {
  let count = 0
  for await (const chunk of chunks) count += chunk.length
  return count
}

/** Counts the calls under way, each of which has a connection. */
function countCalls(database: Database) {
  let underWay = 0
  let most = 0
  async function count<Result>(call: () => Promise<Result>): Promise<Result> {
    underWay += 1
    most = Math.max(most, underWay)
    try {
      return await call()
    } finally {
      underWay -= 1
    }
  }
  const counting: Database = {
    query: (sql, parameters) => count(() => database.query(sql, parameters)),
    execute: (script) => count(() => database.execute(script)),
    transaction: (work, options) => count(() => database.transaction(work, options)),
    close: () => database.close(),
  }
  return {
    database: counting,
    mostAtOnce: () => most,
    forget() {
      most = 0
    },
  }
}
