import {
  checkBoundedCounter,
  checkLinearizable,
  createCouponModel,
} from '@coupon-gateway/linearizability'
import { createTestDatabase } from '@coupon-gateway/test-postgres'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { type CoreUnderTest, openOnPostgres } from './core-under-test.ts'
import { isTake, RecordedCoupon } from './model/recorded-coupon.ts'
import { findWrongCounters } from './wrong-counters.ts'

/** States that the search may enter. A history that needs more is undecided, which is a failure. */
const BUDGET = 1_000_000
/** Enough to shrink a failure, which prints its seed and its path. */
const TIMEOUT_MS = 150_000

/** Two cores over one PostgreSQL, as two api processes are: 40 connections between them. */
let processes: readonly CoreUnderTest[]
const one = () => processes[0] as CoreUnderTest

beforeAll(async () => {
  const url = await createTestDatabase(inject('postgresUrl'))
  processes = [await openOnPostgres(url), await openOnPostgres(url)]
})
afterAll(() => Promise.all(processes.map((process) => process.close())))

const limits = fc.record({
  useLimit: fc.constantFrom(0, 1, 1, 2, 3, 4),
  userLimit: fc.constantFrom(1, 1, 2),
})
/** Most requests are sent once; the rest again at once, with the same key and by the other process too. */
const copies = fc.constantFrom(1, 1, 1, 2, 3)
const userOf = (count: number) => fc.nat(count - 1).map((index) => `user-${index}`)
const take = (users: number) =>
  fc.record({
    kind: fc.constantFrom('redeem' as const, 'reserve' as const),
    userId: userOf(users),
    copies,
  })
const settle = fc.record({
  kind: fc.constantFrom(
    'confirm' as const,
    'confirm' as const,
    'release' as const,
    'rollback' as const,
  ),
  target: fc.nat(5),
  copies,
})

describe('operations at the same time, from two processes, are as if one came after the other', () => {
  it(
    'operations of every kind, with reservations running out in between',
    async () => {
      const round = fc.record({
        requests: fc.array(fc.oneof(take(4), settle), { minLength: 1, maxLength: 8, size: 'max' }),
        allExpire: fc.boolean(),
      })
      const rounds = fc.array(round, { minLength: 1, maxLength: 5, size: 'max' })
      await fc.assert(
        fc.asyncProperty(limits, rounds, async (terms, plan) => {
          const coupon = new RecordedCoupon(await one().create(terms), processes)
          for (const { requests, allExpire } of plan) {
            await coupon.sendTogether(requests)
            if (allExpire) await coupon.letAllExpire()
          }
          if (terms.useLimit > 0) await coupon.redeemTheRest()
          const result = checkLinearizable(coupon.history, createCouponModel(terms), BUDGET)
          expect(result, JSON.stringify(coupon.history)).toMatchObject({ verdict: 'LINEARIZABLE' })
          await expectInvariants()
        }),
        { numRuns: 60 },
      )
    },
    TIMEOUT_MS,
  )

  it(
    'hundreds of redemptions and reservations',
    async () => {
      const terms = fc.record({
        useLimit: fc.integer({ min: 1, max: 60 }),
        userLimit: fc.constantFrom(1, 2, 3),
      })
      const requests = fc.array(take(60), { minLength: 100, maxLength: 300, size: 'max' })
      await fc.assert(
        fc.asyncProperty(terms, requests, async (limits, plan) => {
          const coupon = new RecordedCoupon(await one().create(limits), processes)
          await coupon.sendTogether(plan)
          await coupon.redeemTheRest()
          expect(checkBoundedCounter(coupon.history.filter(isTake), limits)).toEqual({
            linearizable: true,
          })
          await expectInvariants()
        }),
        { numRuns: 8 },
      )
    },
    TIMEOUT_MS,
  )
})

/** What must be true of every coupon at rest, whatever was done to it. */
async function expectInvariants(): Promise<void> {
  const { database } = one()
  expect(await findWrongCounters(database)).toEqual([])
  const broken = await database.query(`
    select 'more units than the limit' as what, code
    from coupon join coupon_usage on coupon_usage.coupon_id = coupon.id
    join redemption on redemption.coupon_id = coupon.id
    where use_limit > 0 and status in ('REDEEMED', 'RESERVED')
    group by code, use_limit having count(*) > use_limit
    union all
    select 'more units of a user than his limit', code
    from coupon join redemption on redemption.coupon_id = coupon.id
    where status = 'REDEEMED' or (status = 'RESERVED' and expires_at > clock_timestamp())
    group by code, user_limit, redemption.user_id having count(*) > user_limit and redemption.user_id is not null
    union all
    select 'an ordinal twice', code from coupon join redemption on redemption.coupon_id = coupon.id
    where ordinal is not null group by code, ordinal having count(*) > 1
    union all
    select 'two effects of a key', idempotency_key from redemption
    group by account_id, idempotency_key having count(*) > 1 and idempotency_key is not null`)
  expect(broken).toEqual([])
}
