import type { CouponCode } from '@coupon-gateway/coupon-code'
import { createTestDatabase } from '@coupon-gateway/test-postgres'
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest'
import {
  type CoreUnderTest,
  letTimePass,
  newKey,
  openOnPostgres,
  unitOf,
} from './core-under-test.ts'
import { findWrongCounters } from './wrong-counters.ts'

/** Two cores over one PostgreSQL, as two api processes are: 40 connections between them. */
let url: string
let one: CoreUnderTest
let two: CoreUnderTest

beforeAll(async () => {
  url = await createTestDatabase(inject('postgresUrl'))
  one = await openOnPostgres(url)
  two = await openOnPostgres(url)
})

afterAll(async () => {
  await one.close()
  await two.close()
})

afterEach(async () => {
  expect(await findWrongCounters(one.database)).toEqual([])
})

const either = (index: number) => (index % 2 === 0 ? one : two)
const together = <Result>(count: number, act: (index: number) => Promise<Result>) =>
  Promise.all(Array.from({ length: count }, (_, index) => act(index)))
const letItExpire = () => letTimePass(one.database, one.accountId, 61)
const hold = async (coupon: CouponCode, userId: string) =>
  unitOf(await one.reserve(coupon, { userId, ttlSeconds: 60 })).redemptionId

async function usageOf(coupon: string) {
  const [row] = await one.database.query<{ used: number; logged: number; ordinals: number[] }>(
    `select used, (select count(*)::int from redemption where coupon_id = coupon.id) as logged,
       (select jsonb_agg(ordinal order by ordinal) from redemption where coupon_id = coupon.id) as ordinals
     from coupon join coupon_usage on coupon_id = coupon.id where code = $1 and deleted_at is null`,
    [coupon],
  )
  return row
}

describe('at the same time, from two processes,', () => {
  it.each([1, 5, 50])(
    'a coupon limited to %i is redeemed exactly so often by 200 users',
    async (limit) => {
      const coupon = await one.create({ useLimit: limit })
      const results = await together(200, (index) =>
        either(index).redeem(coupon, { userId: `user-${index}` }),
      )
      expect(results.filter(({ outcome }) => outcome === 'redeemed')).toHaveLength(limit)
      expect(
        results.filter((it) => it.outcome === 'rejected' && it.reason === 'EXHAUSTED'),
      ).toHaveLength(200 - limit)
      const ordinals = Array.from({ length: limit }, (_, index) => index + 1)
      expect(await usageOf(coupon)).toEqual({ used: limit, logged: limit, ordinals })
    },
  )

  it.each([
    ['limited', 100],
    ['unlimited', 0],
  ])('a user redeems a %s coupon once', async (_kind, useLimit) => {
    const coupon = await one.create({ useLimit })
    const results = await together(100, (index) =>
      either(index).redeem(coupon, { userId: `user-${index % 5}` }),
    )
    expect(results.filter(({ outcome }) => outcome === 'redeemed')).toHaveLength(5)
    expect((await usageOf(coupon))?.logged).toBe(5)
  })

  it('one key has one effect, and every repeat the same answer', async () => {
    const coupon = await one.create({ useLimit: 0 })
    const idempotencyKey = newKey()
    const results = await together(50, (index) => either(index).redeem(coupon, { idempotencyKey }))
    const redemptions = results.map((it) => it.outcome === 'redeemed' && it.redemption)
    expect(new Set(redemptions.map((it) => JSON.stringify(it))).size).toBe(1)
    expect(results.filter((it) => it.outcome === 'redeemed' && !it.replayed)).toHaveLength(1)
    expect((await usageOf(coupon))?.logged).toBe(1)
  })

  it('one key on the last unit is never told EXHAUSTED by its own first try', async () => {
    for (let round = 0; round < 20; round += 1) {
      const coupon = await one.create({ useLimit: 1 })
      const idempotencyKey = newKey()
      const results = await together(4, (index) => either(index).redeem(coupon, { idempotencyKey }))
      expect(results.map(({ outcome }) => outcome)).toEqual(Array(4).fill('redeemed'))
    }
  })

  it('one key for two coupons redeems one of them', async () => {
    const coupons = [await one.create({ useLimit: 0 }), await one.create({ useLimit: 0 })] as const
    const idempotencyKey = newKey()
    const results = await together(20, (index) =>
      either(index).redeem(coupons[index % 2 === 0 ? 0 : 1], { idempotencyKey }),
    )
    expect(results.filter(({ outcome }) => outcome === 'redeemed')).toHaveLength(10)
    expect(results.filter(({ outcome }) => outcome === 'key-reused')).toHaveLength(10)
    const logged = (await Promise.all(coupons.map(usageOf))).map((usage) => usage?.logged)
    expect(logged.sort()).toEqual([0, 1])
  })

  it('a change of an unused coupon and its first use: whoever is first wins', async () => {
    for (let round = 0; round < 20; round += 1) {
      const coupon = await one.create({ useLimit: 0 })
      const [redeemed, updated] = await Promise.all([
        one.redeem(coupon),
        two.core.update({
          accountId: two.accountId,
          code: coupon,
          changes: { endsOn: '2020-01-01' },
          idempotencyKey: null,
        }),
      ])
      expect([redeemed.outcome, updated.outcome]).toBeOneOf([
        ['redeemed', 'locked-by-use'],
        ['rejected', 'updated'],
      ])
    }
  })

  it('redemptions under constant load do not starve a deletion, and none happens after it', async () => {
    const coupon = await one.create({ useLimit: 0 })
    let isDeleted = false
    let redeemedAfterwards = 0
    const redeeming = together(30, async (index) => {
      for (;;) {
        const startedAfterDeletion = isDeleted
        const { outcome } = await either(index).redeem(coupon)
        if (outcome !== 'redeemed') return
        if (startedAfterDeletion) redeemedAfterwards += 1
      }
    })
    const deleted = await two.core.delete({
      accountId: two.accountId,
      code: coupon,
      idempotencyKey: null,
    })
    isDeleted = true
    await redeeming
    expect(deleted.outcome).toBe('deleted')
    expect(redeemedAfterwards).toBe(0)
  })

  it.each([1, 5, 50])(
    'a coupon limited to %i is redeemed and reserved exactly so often together by 200 users',
    async (limit) => {
      const coupon = await one.create({ useLimit: limit })
      const results = await together(200, async (index) => {
        const user = { userId: `user-${index}` }
        return index % 3 === 0
          ? either(index).redeem(coupon, user)
          : either(index).reserve(coupon, user)
      })
      const granted = results.filter((it) => it.outcome === 'redeemed' || it.outcome === 'reserved')
      expect(granted.map((it) => unitOf(it).ordinal).sort((a, b) => Number(a) - Number(b))).toEqual(
        Array.from({ length: limit }, (_, index) => index + 1),
      )
      expect(results.filter(({ outcome }) => outcome === 'rejected')).toHaveLength(200 - limit)
    },
  )

  it('a redemption is rolled back once, whoever asks and however often', async () => {
    const coupon = await one.create({ useLimit: 1 })
    const { redemptionId } = unitOf(await one.redeem(coupon))
    const results = await together(20, (index) => either(index).rollback(redemptionId))
    expect(results.filter(({ outcome }) => outcome === 'settled')).toHaveLength(1)
    expect(
      results.filter((it) => it.outcome === 'rejected' && it.reason === 'ALREADY_ROLLED_BACK'),
    ).toHaveLength(19)
    expect((await one.validate(coupon)).coupon?.usage).toMatchObject({ used: 0, remaining: 1 })
  })

  it.each(['confirm', 'release', 'rollback'] as const)(
    'one key of a %s has one effect, and every repeat the same answer',
    async (step) => {
      const coupon = await one.create({ useLimit: 2 })
      const held = await hold(coupon, 'ada')
      if (step === 'rollback') await one.confirm(held)
      const key = newKey()
      const results = await together(20, async (index) =>
        step === 'rollback'
          ? either(index).rollback(held, 'returned', key)
          : either(index)[step](held, key),
      )
      const answers = results.map((it) => JSON.stringify(it.outcome === 'settled' && it.redemption))
      expect(new Set(answers).size).toBe(1)
      expect(results.filter((it) => it.outcome === 'settled' && !it.replayed)).toHaveLength(1)
    },
  )

  it('a confirmation and a release of one reservation: whoever is first wins', async () => {
    for (let round = 0; round < 20; round += 1) {
      const coupon = await one.create({ useLimit: 1 })
      const held = await hold(coupon, 'ada')
      const [confirmed, released] = await Promise.all([one.confirm(held), two.release(held)])
      expect([confirmed.outcome, released.outcome].sort()).toEqual(['rejected', 'settled'])
    }
  })

  it('a late confirmation and another user, for the last unit: one of them gets it', async () => {
    for (let round = 0; round < 20; round += 1) {
      const coupon = await one.create({ useLimit: 1 })
      const held = await hold(coupon, 'ada')
      await letItExpire()
      const [confirmed, redeemed] = await Promise.all([
        one.confirm(held),
        two.redeem(coupon, { userId: 'bob' }),
      ])
      expect([confirmed.outcome, redeemed.outcome]).toBeOneOf([
        ['settled', 'rejected'],
        ['rejected', 'redeemed'],
      ])
    }
  })

  it.each([
    ['limited', 100],
    ['unlimited', 0],
  ])(
    'a user with a limit of 1 gets one unit of a %s coupon, out of late confirmations and redemptions',
    async (_kind, useLimit) => {
      for (let round = 0; round < 20; round += 1) {
        const coupon = await one.create({ useLimit, userLimit: 1 })
        const first = await hold(coupon, 'ada')
        await letItExpire()
        const second = await hold(coupon, 'ada')
        await letItExpire()
        const results = await Promise.all([
          one.confirm(first),
          two.confirm(second),
          two.redeem(coupon, { userId: 'ada' }),
        ])
        expect(results.filter(({ outcome }) => outcome !== 'rejected')).toHaveLength(1)
      }
    },
  )

  it('a unit that comes back while its coupon is refused as used up is not given away uncounted', async () => {
    // Regression: a batch that waited for the counter of another coupon saw the unit that had come back meanwhile,
    // and gave it away although it had not locked the counter, and did not count it.
    const batching = await openOnPostgres(url, { lanes: 1 })
    const full = await one.create({ useLimit: 1 })
    const other = await one.create({ useLimit: 1 })
    const { redemptionId } = unitOf(await one.redeem(full))
    const batch = await one.database.transaction(async (transaction) => {
      await transaction.query(
        'select from coupon_usage where coupon_id = (select id from coupon where code = $1) for update',
        [other],
      )
      const redeeming = Promise.all([batching.redeem(full), batching.redeem(other)])
      await untilSomebodyWaits()
      expect(await one.rollback(redemptionId)).toMatchObject({ outcome: 'settled' })
      return { redeeming }
    })
    const [redeemed] = await batch.redeeming
    await batching.close()
    const isGranted = redeemed.outcome === 'redeemed'
    expect((await one.validate(full)).coupon?.usage.used).toBe(isGranted ? 1 : 0)
  })
})

/** Returns when a statement waits for a lock. */
async function untilSomebodyWaits(): Promise<void> {
  for (;;) {
    const waiting = await one.database.query(
      "select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
    )
    if (waiting.length > 0) return
  }
}
