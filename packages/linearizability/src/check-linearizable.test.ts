import { describe, expect, it } from 'vitest'
import { confirm, redeemed, rejected, release, reserved } from '../tests/write-history.ts'
import { checkLinearizable, createCouponModel, type Operation } from './index.ts'

const model = createCouponModel({ useLimit: 2, userLimit: 1 })

describe('a right history', () => {
  it('may be empty', () => {
    expect(checkLinearizable([], model, 1)).toEqual({ verdict: 'LINEARIZABLE', order: [] })
  })

  it('gives its order, whatever the order in which it was written down', () => {
    const hold = reserved([0, 1], 'a')
    const unit = redeemed([0, 1], 'b')
    const held = rejected([0, 4], 'ALL_HELD')
    const back = release([2, 5], 'a')
    const last = redeemed([3, 5], 'c')
    const sold = rejected([3, 6], 'EXHAUSTED')
    expect(checkLinearizable([sold, last, back, held, unit, hold], model, 100)).toEqual({
      verdict: 'LINEARIZABLE',
      order: [unit, hold, held, back, last, sold],
    })
  })

  it('counts intervals that touch as overlapping', () => {
    const history = [rejected([0, 2], 'EXHAUSTED'), redeemed([2, 3], 'a'), redeemed([2, 3], 'b')]
    expect(checkLinearizable(history, model, 100).verdict).toBe('LINEARIZABLE')
  })

  it('has the moment in its order at which a hold ended', () => {
    const hold = reserved([0, 1], 'a', { expiresAt: 5 })
    const others = [redeemed([2, 3], 'b'), redeemed([4, 9], 'c'), rejected([4, 9], 'EXHAUSTED')]
    expect(checkLinearizable([hold, ...others], model, 100)).toEqual({
      verdict: 'LINEARIZABLE',
      order: [hold, others[0], { kind: 'expire', id: 'a', expiresAt: 5 }, others[1], others[2]],
    })
  })

  it('lets a hold outlive its time', () => {
    const history = [reserved([0, 1], 'a', { expiresAt: 5 }), confirm([100, 101], 'a')]
    expect(checkLinearizable(history, model, 100).verdict).toBe('LINEARIZABLE')
  })
})

describe('a wrong history', () => {
  it('is shown by the longest order that could be found, and by what cannot follow it', () => {
    const [a, b, c, d] = [
      redeemed([0, 1], 'a'),
      redeemed([2, 3], 'b'),
      redeemed([4, 9], 'c'),
      rejected([4, 10], 'EXHAUSTED'),
    ] as const
    expect(checkLinearizable([a, b, c, d], model, 100)).toEqual({
      verdict: 'ILLEGAL',
      prefix: [a, b, d],
      settled: 2,
      operation: c,
      rule: 'OVERSELL',
    })
  })
})

describe('the budget', () => {
  // Everything at once, so that every set of grants is a state of its own, and one thing that cannot be.
  const history: Operation[] = [
    ...Array.from({ length: 12 }, (_, index) => redeemed([0, 9], `unit-${index}`)),
    rejected([0, 9], 'EXHAUSTED'),
  ]
  const large = createCouponModel({ useLimit: 99, userLimit: 1 })

  it('makes the verdict UNDECIDED when it is spent, with the furthest dead end so far', () => {
    expect(checkLinearizable(history, large, 100)).toMatchObject({
      verdict: 'UNDECIDED',
      reason: 'BUDGET_SPENT',
      deadEnd: { rule: 'REJECTED_WITH_UNIT_LEFT', operation: history[12] },
    })
  })

  it('is needed once for each set of operations, not for each of their orders', () => {
    // 2^12 sets with the empty one, which is not entered, of 12! orders.
    expect(checkLinearizable(history, large, 2 ** 12 - 1).verdict).toBe('ILLEGAL')
    expect(checkLinearizable(history, large, 2 ** 12 - 2).verdict).toBe('UNDECIDED')
  })

  it('is one state for each operation, where the operations follow each other', () => {
    const long = Array.from({ length: 99 }, (_, index) => redeemed([index, index], `${index}`))
    expect(checkLinearizable(long, large, 99).verdict).toBe('LINEARIZABLE')
  })
})

describe('misuse', () => {
  it.each([[0], [1.5], [Number.NaN]])('a budget of %d is refused', (budget) => {
    expect(() => checkLinearizable([], model, budget)).toThrow(
      new RangeError(`budget must be an integer from 1, got ${budget}`),
    )
  })

  it.each([[[2, 1]], [[Number.NaN, 1]], [[0, Number.POSITIVE_INFINITY]]] as const)(
    'the interval %j is refused',
    (span) => {
      expect(() => checkLinearizable([redeemed(span, 'a')], model, 1)).toThrow(RangeError)
    },
  )
})
