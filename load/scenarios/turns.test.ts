import { describe, expect, it } from 'vitest'
import type { PlannedCoupon } from '../plan.ts'
import { madeUpCoupon, madeUpPlan } from '../tests/made-up-run.ts'
import { createTurns, randomOf } from './turns.ts'

const numbers = (count: number) => Array.from({ length: count }, (_, number) => number)

describe('attempts that come as fast as they are answered', () => {
  const coupons = [
    madeUpCoupon({ code: 'A', attempts: 4, customers: 2 }),
    madeUpCoupon({ code: 'B', attempts: 3, customers: null }),
  ]
  const turnOf = createTurns(
    madeUpPlan({ coupons, shape: { kind: 'attempts', users: 1, attempts: 7 } }),
  )

  it('take the coupons one after the other, the attempts of a customer together', () => {
    expect(
      numbers(7).map((number) => `${turnOf(number).coupon.code} ${turnOf(number).user}`),
    ).toEqual(['A user-0', 'A user-0', 'A user-1', 'A user-1', 'B user-0', 'B user-1', 'B user-2'])
  })

  it('end with the plan', () => {
    expect(() => turnOf(7)).toThrow(new RangeError('attempt 7 is not in the plan'))
  })
})

describe('attempts that come by the clock', () => {
  const coupons = [
    madeUpCoupon({ code: 'A', attempts: null, share: 3, customers: null }),
    madeUpCoupon({ code: 'B', attempts: null, share: 1, customers: 2 }),
  ]
  const turnsOf = (seed: number) => {
    const shape = {
      kind: 'rate',
      users: 1,
      startRate: 1,
      stages: [],
      findsBreakingPoint: false,
    } as const
    return numbers(400).map(createTurns(madeUpPlan({ coupons, seed, shape })))
  }
  const of = (coupon: PlannedCoupon | undefined) =>
    turnsOf(1).filter((turn) => turn.coupon === coupon)

  it('give each coupon its share', () => {
    expect(of(coupons[0])).toHaveLength(300)
    expect(of(coupons[1])).toHaveLength(100)
  })

  it('count the attempts at each coupon without gap or repeat', () => {
    expect(
      of(coupons[0])
        .map(({ index }) => index)
        .sort((a, b) => a - b),
    ).toEqual(numbers(300))
  })

  it('give each attempt its own user, or take turns among the customers', () => {
    expect(new Set(of(coupons[0]).map(({ user }) => user)).size).toBe(300)
    expect(new Set(of(coupons[1]).map(({ user }) => user)).size).toBe(2)
  })

  it('are the same for the same seed', () => {
    expect(turnsOf(7)).toEqual(turnsOf(7))
  })
})

describe('randomOf', () => {
  const five = (seed: number, attempt: number) => {
    const random = randomOf({ seed }, attempt)
    return numbers(5).map(() => random())
  }

  it('is the same for the same seed and attempt', () => {
    expect(five(1, 7)).toEqual(five(1, 7))
  })

  it('is another one for another attempt and another seed', () => {
    expect(new Set([five(1, 7)[0], five(1, 8)[0], five(2, 7)[0]]).size).toBe(3)
  })

  it('is spread evenly over many attempts', () => {
    const first = numbers(10_000).map((attempt) => randomOf({ seed: 1 }, attempt)())
    const below = first.filter((fraction) => fraction < 0.3).length
    expect(below).toBeGreaterThan(2_800)
    expect(below).toBeLessThan(3_200)
  })
})
