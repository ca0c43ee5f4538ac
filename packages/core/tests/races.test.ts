import { createTestDatabase } from '@coupon-gateway/test-postgres'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { type CoreUnderTest, newKey, openOnPostgres } from './core-under-test.ts'

/** Two cores over one PostgreSQL, as two api processes are: 40 connections between them. */
let one: CoreUnderTest
let two: CoreUnderTest

beforeAll(async () => {
  const url = await createTestDatabase(inject('postgresUrl'))
  one = await openOnPostgres(url)
  two = await openOnPostgres(url)
})

afterAll(async () => {
  await one.close()
  await two.close()
})

const either = (index: number) => (index % 2 === 0 ? one : two)
const together = <Result>(count: number, act: (index: number) => Promise<Result>) =>
  Promise.all(Array.from({ length: count }, (_, index) => act(index)))

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
})
