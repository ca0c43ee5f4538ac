import { randomInt } from 'node:crypto'
import type { CouponCode } from '@coupon-gateway/coupon-code'
import type { Database } from '@coupon-gateway/database'
import { createTestDatabase } from '@coupon-gateway/test-postgres'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import {
  type CoreUnderTest,
  newKey,
  openOnPglite,
  openOnPostgres,
  unitOf,
} from './core-under-test.ts'

const usedOf = async (subject: CoreUnderTest, code: CouponCode) =>
  (await subject.validate(code)).coupon?.usage.used

async function idOf({ database }: CoreUnderTest, code: CouponCode): Promise<string> {
  const [row] = await database.query<{ id: string }>('select id from coupon where code = $1', [
    code,
  ])
  return row?.id ?? ''
}

const advance = (database: Pick<Database, 'query'>, id: string) =>
  database.query('select advance_use_checkpoint($1)', [id])

/** What the checkpoint has. */
async function keptOf({ database }: CoreUnderTest, id: string): Promise<number | undefined> {
  const [row] = await database.query<{ uses: number }>(
    'select uses from use_checkpoint where coupon_id = $1',
    [id],
  )
  return row?.uses
}

describe.each([
  ['PGlite', () => openOnPglite()],
  ['PostgreSQL', () => openOnPostgres()],
])('the count of an unlimited coupon on %s', (_name, open) => {
  let subject: CoreUnderTest
  beforeAll(async () => {
    subject = await open()
  })
  afterAll(async () => {
    expect(await subject.core.verify()).toEqual([])
    await subject.close()
  })

  it('is the same before and after it was kept, with what comes later', async () => {
    const code = await subject.create()
    const id = await idOf(subject, code)
    const units = []
    for (let count = 0; count < 5; count += 1) units.push(unitOf(await subject.redeem(code)))
    expect(await usedOf(subject, code)).toBe(5)
    await advance(subject.database, id)
    expect(await keptOf(subject, id)).toBe(5)
    expect(await usedOf(subject, code)).toBe(5)
    await subject.redeem(code)
    expect(await usedOf(subject, code)).toBe(6)
    // A use that was counted before is taken back after.
    await subject.rollback(units[0]?.redemptionId ?? '')
    expect(await usedOf(subject, code)).toBe(5)
    await advance(subject.database, id)
    expect(await keptOf(subject, id)).toBe(5)
    await subject.rollback(units[1]?.redemptionId ?? '')
    expect(await usedOf(subject, code)).toBe(4)
  })

  it('counts a reservation from its confirmation on, and not what was released', async () => {
    const code = await subject.create()
    const id = await idOf(subject, code)
    const [one, two] = [unitOf(await subject.reserve(code)), unitOf(await subject.reserve(code))]
    await advance(subject.database, id)
    expect(await usedOf(subject, code)).toBe(0)
    await subject.confirm(one.redemptionId)
    await subject.release(two.redemptionId)
    expect(await usedOf(subject, code)).toBe(1)
    await advance(subject.database, id)
    expect([await keptOf(subject, id), await usedOf(subject, code)]).toEqual([1, 1])
  })
})

describe('beside what is under way, on PostgreSQL,', () => {
  let url: string
  let subject: CoreUnderTest
  beforeAll(async () => {
    url = await createTestDatabase(inject('postgresUrl'))
    subject = await openOnPostgres(url)
  })
  afterAll(async () => {
    expect(await subject.core.verify()).toEqual([])
    await subject.close()
  })

  it('a redemption that is not committed when its time is passed is counted later, and once', async () => {
    const code = await subject.create()
    const id = await idOf(subject, code)
    await subject.redeem(code)
    await subject.database.transaction(async (open) => {
      // As a redemption in a process that hangs before its commit.
      await open.query('select take_units($1::jsonb)', [
        JSON.stringify([
          {
            n: 0,
            id: '01a20c8f-3b1e-7cc2-9f0a-5d1f6a3f2b11',
            account_id: subject.accountId,
            code,
            memo: '',
            fingerprint: 'test',
          },
        ]),
      ])
      await subject.redeem(code)
      await advance(subject.database, id)
      expect(await usedOf(subject, code)).toBe(2)
    })
    expect(await usedOf(subject, code)).toBe(3)
    await advance(subject.database, id)
    expect([await keptOf(subject, id), await usedOf(subject, code)]).toEqual([3, 3])
  })

  it('validation keeps it by itself when much was counted', async () => {
    const code = await subject.create()
    const id = await idOf(subject, code)
    await subject.database.query(
      `insert into redemption (id, account_id, coupon_id, memo, status, taken_at, redeemed_at)
       select gen_random_uuid(), $1, $2, '', 'REDEEMED', now(), now() from generate_series(1, 6000)`,
      [subject.accountId, id],
    )
    expect(await usedOf(subject, code)).toBe(6_000)
    expect(await keptOf(subject, id)).toBe(6_000)
    expect(await usedOf(subject, code)).toBe(6_000)
  })

  it('it is never less than what was answered before, and never more than what was asked', async () => {
    const other = await openOnPostgres(url)
    const code = await subject.create({ userLimit: 1_000_000 })
    const id = await idOf(subject, code)
    const ledger = { asked: 0, answered: 0, rollbacksAsked: 0, rollbacksAnswered: 0 }
    const redeemed: string[] = []
    let isDone = false
    const actors = [subject, other].flatMap((core) =>
      Array.from({ length: 6 }, async () => {
        for (let step = 0; step < 60; step += 1) {
          const back = randomInt(3) === 0 ? redeemed.pop() : undefined
          if (back === undefined) {
            ledger.asked += 1
            const user = randomInt(2) === 0 ? { userId: `user-${randomInt(5)}` } : {}
            redeemed.push(unitOf(await core.redeem(code, user)).redemptionId)
            ledger.answered += 1
          } else {
            ledger.rollbacksAsked += 1
            expect(await core.rollback(back)).toMatchObject({ outcome: 'settled' })
            ledger.rollbacksAnswered += 1
          }
        }
      }),
    )
    const advancing = [subject, other].map(async ({ database }) => {
      while (!isDone) await advance(database, id)
    })
    const watching = (async () => {
      let looks = 0
      while (!isDone) {
        const before = { ...ledger }
        const used = (await usedOf(subject, code)) ?? -1
        expect(used).toBeGreaterThanOrEqual(before.answered - ledger.rollbacksAsked)
        expect(used).toBeLessThanOrEqual(ledger.asked - before.rollbacksAnswered)
        looks += 1
      }
      return looks
    })()
    await Promise.all(actors)
    isDone = true
    await Promise.all(advancing)
    expect(await watching).toBeGreaterThan(0)
    const stands = ledger.answered - ledger.rollbacksAnswered
    expect(await usedOf(subject, code)).toBe(stands)
    await advance(subject.database, id)
    expect([await keptOf(subject, id), await usedOf(subject, code)]).toEqual([stands, stands])
    await other.close()
  })

  it('a count that is wrong is found by verify', async () => {
    const code = await subject.create()
    const id = await idOf(subject, code)
    await subject.redeem(code, { idempotencyKey: newKey() })
    await advance(subject.database, id)
    const add = (uses: number) =>
      subject.database.query('update use_checkpoint set uses = uses + $2 where coupon_id = $1', [
        id,
        uses,
      ])
    await add(1)
    expect(await subject.core.verify()).toEqual([
      {
        code,
        couponId: id,
        rule: 'what was counted of an unlimited coupon agrees with the log',
        found: 'counted 2, logged 1',
      },
    ])
    await add(-1)
  })
})
