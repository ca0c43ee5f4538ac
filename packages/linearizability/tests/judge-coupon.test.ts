import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createCouponModel, judgeCoupon, type Operation } from '../src/index.ts'
import { simulateCrowd } from './crowd.ts'
import {
  crowdedOperations,
  type RandomHistory,
  randomManagement,
  randomOperations,
  randomTakesAndQuestions,
} from './random-history.ts'
import { simulateRebornCrowd } from './reborn-crowd.ts'
import { isLinearizableInSomeOrder } from './try-every-order.ts'
import { confirm, redeemed, rejected, release, reserved, rollback } from './write-history.ts'

const BUDGET = 200_000
const TIMEOUT_MS = 120_000

describe('the verdict on histories of up to 5 operations is that of the trial of every order:', () => {
  it.each<[string, number, fc.Arbitrary<RandomHistory>]>([
    ['takes and questions', 2_000, randomTakesAndQuestions(5)],
    ['everything', 5_000, randomOperations(5)],
    ['everything, with nothing that ends by itself', 5_000, crowdedOperations(5)],
    ['coupons deleted and created anew', 4_000, randomManagement(5)],
  ])(
    '%s',
    (_what, numRuns, histories) => {
      const tally = { right: 0, wrong: 0 }
      fc.assert(
        fc.property(histories, ({ history, options }) => {
          const { verdict } = judgeCoupon(history, { ...options, budget: BUDGET })
          const isRight = isLinearizableInSomeOrder(history, createCouponModel(options))
          expect(verdict).toBe(isRight ? 'RIGHT' : 'WRONG')
          tally[isRight ? 'right' : 'wrong'] += 1
        }),
        { numRuns },
      )
      expect(Math.min(tally.right, tally.wrong)).toBeGreaterThan(numRuns / 20)
    },
    TIMEOUT_MS,
  )
})

describe('a crowd', () => {
  it.each([
    { clients: 5, useLimit: 2, users: 1_000, operations: 5_000 },
    { clients: 50, useLimit: 5, users: 1_000_000, operations: 5_000 },
    { clients: 200, useLimit: 50, users: 1_000_000, operations: 8_000 },
    { clients: 50, useLimit: 20, users: 2_000, operations: 5_000 },
    { clients: 100, useLimit: 0, users: 500, operations: 5_000 },
  ])('of $clients on a limit of $useLimit is decided to be right', (size) => {
    const options = { ...size, userLimit: 1, seed: 7 }
    const history = simulateCrowd(options)
    expect(history.filter(({ kind }) => kind === 'rollback').length).toBeGreaterThan(100)
    expect(judgeCoupon(history, { ...options, budget: BUDGET })).toEqual({
      verdict: 'RIGHT',
      by: 'search',
    })
  })

  it.each([
    ['few users, who come again and again', { clients: 6, users: 4, useLimit: 3 }, 1_000],
    ['users who settle what is not theirs', { clients: 6, users: 99, useLimit: 2 }, 1_000],
    ['many at once', { clients: 12, users: 9, useLimit: 4 }, 500],
  ] as const)(
    'of %s is right with whatever seed',
    (_who, size, seeds) => {
      for (let seed = 0; seed < seeds; seed += 1) {
        const small = { ...size, userLimit: 1, operations: 30, seed, hasRivals: size.users === 99 }
        const { verdict } = judgeCoupon(simulateCrowd(small), { ...small, budget: BUDGET })
        expect([seed, verdict]).toEqual([seed, 'RIGHT'])
      }
    },
    TIMEOUT_MS,
  )

  const options = { clients: 100, useLimit: 30, userLimit: 1, seed: 7, users: 1e6 }
  const history = simulateCrowd({ ...options, operations: 3_000 })
  const judge = (spoilt: readonly Operation[]) =>
    judgeCoupon(spoilt, { ...options, budget: BUDGET })
  const end = Math.max(...history.map(({ returnedAt }) => returnedAt))

  it('that is oversold is shown by the last two who got a unit', () => {
    const highest = history.filter(({ result }) => result.outcome === 'granted').length
    const tooMany = Array.from({ length: 31 }, (_, index) =>
      redeemed([end + 1, end + 9 + index], `more-${index}`, { ordinal: highest + index + 1 }),
    )
    const verdict = judge([...history, ...tooMany])
    expect(verdict).toMatchObject({ verdict: 'WRONG', rule: 'OVERSELL' })
    expect(verdict).toHaveProperty('operations.length', 2)
  })

  it('in which somebody is refused while all is free is shown by him alone', () => {
    const units = Map.groupBy(history, (operation) => ('id' in operation ? operation.id : ''))
    const open = history.flatMap((operation): Operation[] => {
      if (operation.result.outcome !== 'granted') return []
      const { id } = operation.result
      if (units.get(id)?.some(({ kind }) => kind === 'release' || kind === 'rollback')) return []
      const isUsed = operation.kind === 'redeem' || units.has(id)
      const span = [end + 1, end + 2] as const
      return [isUsed ? rollback(span, id) : release(span, id)]
    })
    const refused = rejected([end + 4, end + 5], 'EXHAUSTED', 'late')
    expect(judge([...history, ...open, refused])).toEqual({
      verdict: 'WRONG',
      by: 'counts over time',
      rule: 'REJECTED_WITH_UNIT_LEFT',
      operations: [refused],
      takenBesides: 0,
    })
  })
})

describe('what only the search sees', () => {
  // Each is possible by itself: one unit is back before the grant, or it was taken when the other was refused.
  const history = [
    redeemed([0, 1], 'a', { ordinal: 1 }),
    rollback([10, 20], 'a'),
    redeemed([10, 12], 'b', { ordinal: 2 }),
    rejected([14, 20], 'ALL_HELD'),
    reserved([100, 101], 'c', { ordinal: 3 }),
  ]
  const quiet = Array.from({ length: 20 }, (_, index) =>
    rejected([13, 19], 'EXHAUSTED', `${index}`),
  )

  it('is shown by what it takes, without the answers that have nothing to do with it', () => {
    const one = { useLimit: 1, userLimit: 1, budget: BUDGET }
    const spoilt = [...history.filter((it) => it !== history[3]), ...quiet]
    expect(judgeCoupon(spoilt.slice(0, 3), one).verdict).toBe('RIGHT')
    const verdict = judgeCoupon([...spoilt.slice(0, 3), ...quiet, history[4] as Operation], one)
    expect(verdict).toMatchObject({ verdict: 'WRONG' })
    expect(verdict).toHaveProperty('operations.length')
    expect('operations' in verdict && verdict.operations.length).toBeLessThanOrEqual(3)
  })
})

describe('what is more urgent has to wait in the only right order', () => {
  const two = { useLimit: 2, userLimit: 1, budget: BUDGET }
  const held = [
    reserved([0, 1], 'a', { ordinal: 1, userId: 'ann' }),
    reserved([0, 1], 'b', { ordinal: 2, userId: 'bob' }),
  ]

  it('of releases, where a user waits for his own', () => {
    const again = reserved([2, 5], 'c', { ordinal: 3, userId: 'ann' })
    const full = rejected([6, 7], 'ALL_HELD', 'cy')
    const history = [...held, release([2, 10], 'a'), release([2, 9], 'b'), again, full]
    expect(judgeCoupon(history, two)).toEqual({ verdict: 'RIGHT', by: 'search' })
  })

  it('of confirmations, where one is rolled back before it has returned', () => {
    const next = redeemed([2, 6], 'c', { ordinal: 3, userId: 'cy' })
    const full = rejected([6, 7], 'ALL_HELD', 'di')
    const settled = [confirm([2, 20], 'a'), rollback([3, 5], 'a'), confirm([2, 10], 'b')]
    expect(judgeCoupon([...held, ...settled, next, full], two)).toEqual({
      verdict: 'RIGHT',
      by: 'search',
    })
  })
})

it('of an unlimited coupon each user is judged by himself', () => {
  const twice = [
    redeemed([0, 1], 'a', { userId: 'ann' }),
    rollback([2, 3], 'a'),
    redeemed([4, 5], 'b', { userId: 'ann' }),
    redeemed([4, 5], 'c', { userId: 'bob' }),
    redeemed([6, 7], 'd'),
    redeemed([6, 7], 'e'),
  ]
  const options = { useLimit: 0, userLimit: 1, budget: BUDGET }
  expect(judgeCoupon(twice, options)).toEqual({ verdict: 'RIGHT', by: 'search' })
  const third = redeemed([6, 7], 'f', { userId: 'ann' })
  expect(judgeCoupon([...twice, third], options)).toMatchObject({
    verdict: 'WRONG',
    rule: 'USER_OVER_LIMIT',
    operations: [twice[2], third],
  })
})

it.each([1, 2, 3])(
  'a crowd on a coupon that comes and goes is decided to be right (seed %i)',
  (seed) => {
    const history = simulateRebornCrowd({ seed, clients: 200, attempts: 450, latencyMs: 150 })
    expect(history.filter(({ kind }) => kind === 'create').length).toBeGreaterThan(10)
    const options = { useLimit: 10, userLimit: 1, budget: BUDGET / 10 }
    expect(judgeCoupon(history, options)).toEqual({ verdict: 'RIGHT', by: 'search' })
  },
)

it('a likely order that is wrong changes no verdict', () => {
  const history = simulateRebornCrowd({ seed: 1, clients: 20, attempts: 150, latencyMs: 20 })
  const ids = history.flatMap(({ result }) => (result.outcome === 'granted' ? [result.id] : []))
  const options = { useLimit: 10, userLimit: 1, budget: BUDGET, likelyOrder: ids.toReversed() }
  expect(judgeCoupon(history, options).verdict).toBe('RIGHT')
  const withoutLast = history.filter(({ kind }) => kind !== 'delete')
  expect(judgeCoupon(withoutLast, options).verdict).toBe('WRONG')
})

it('what is too much for the budget is undecided, and says where it was stuck', () => {
  // Twelve grants without ordinals, in any order, none of which can have left nothing.
  const grants = Array.from({ length: 12 }, (_, index) => redeemed([0, 9], `unit-${index}`))
  const early = [reserved([0, 9], 'hold'), release([0, 9], 'hold')]
  const refused = rejected([0, 9], 'ALL_HELD')
  const history = [
    ...grants,
    ...early,
    refused,
    ...grants.map((_, n) => rollback([9, 20], `unit-${n}`)),
  ]
  const options = { useLimit: 13, userLimit: 1 }
  expect(judgeCoupon(history, { ...options, budget: BUDGET }).verdict).toBe('RIGHT')
  expect(judgeCoupon(history, { ...options, budget: 5 })).toMatchObject({ verdict: 'UNDECIDED' })
})
