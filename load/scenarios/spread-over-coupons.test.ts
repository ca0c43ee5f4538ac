import { describe, expect, it } from 'vitest'
import { SCENARIOS } from './index.ts'
import type { Volume } from './scenario.ts'
import { type CouponPart, NEVER_USED_UP, spreadOverCoupons } from './spread-over-coupons.ts'

const exactly = (attempts: number) => ({ attempts, isExact: true })
const atLeast = (attempts: number) => ({ attempts, isExact: false })

/** A coupon whose limit and users do not depend on how many try. */
type FixedPart = Omit<CouponPart, 'role' | 'share' | 'limit' | 'customers'> & {
  readonly limit: number
  readonly customers?: number
}

describe('spreadOverCoupons', () => {
  it.each([1, 7, 100, 12_499])('gives every one of %d attempts to a coupon', (attempts) => {
    const loads = spreadOverCoupons(exactly(attempts), [
      { role: 'a', share: 1, limit: () => 1 },
      { role: 'b', share: 3, limit: () => 1 },
      { role: 'c', share: 7, limit: () => 1 },
    ])
    expect(loads.reduce((sum, load) => sum + (load.attempts ?? 0), 0)).toBe(attempts)
  })

  it.each<[string, FixedPart, Volume, number | null]>([
    ['the limit, where more try', { limit: 4 }, exactly(10), 4],
    ['all, where fewer try', { limit: 40 }, exactly(10), 10],
    ['one a user', { limit: 40, customers: 3 }, exactly(10), 3],
    ['as many a user as he may', { limit: 40, customers: 3, userLimit: 2 }, exactly(10), 6],
    [
      'the limit, where users could have more',
      { limit: 4, customers: 3, userLimit: 2 },
      exactly(10),
      4,
    ],
    ['none, where nobody tries', { limit: 4 }, exactly(0), 0],
    ['the limit, where more than it come for sure', { limit: 4 }, atLeast(10), 4],
    ['nobody knows, where less than a round may come', { limit: 1 }, atLeast(0), null],
    ['nobody knows, where fewer may come', { limit: NEVER_USED_UP }, atLeast(10), null],
    ['what was redeemed before', { limit: 4, redeemedBefore: 4 }, atLeast(10), 4],
    [
      'nobody knows, where the order decides',
      { limit: 4, isUndetermined: true },
      exactly(10),
      null,
    ],
  ])('expects as grants %s', (_what, { limit, customers, ...part }, volume, expected) => {
    const [load] = spreadOverCoupons(volume, [
      {
        role: 'a',
        share: 1,
        limit: () => limit,
        ...(customers === undefined ? {} : { customers: () => customers }),
        ...part,
      },
    ])
    expect(load?.expectedGrants).toBe(expected)
  })
})

describe.each(Object.entries(SCENARIOS))('%s', (_name, scenario) => {
  it.each([exactly(1), exactly(60), exactly(10_000), atLeast(3), atLeast(10_000)])(
    'has coupons that can be created, with different roles, for %o',
    (volume) => {
      const coupons = scenario.coupons(volume)
      expect(new Set(coupons.map(({ role }) => role)).size).toBe(coupons.length)
      for (const { limit, customers, share } of coupons) {
        expect(limit).toSatisfy(
          (it: number) => Number.isInteger(it) && it >= 1 && it <= NEVER_USED_UP,
        )
        expect(customers ?? 1).toSatisfy((it: number) => Number.isInteger(it) && it >= 1)
        expect(Number.isInteger(share)).toBe(true)
      }
    },
  )
})
