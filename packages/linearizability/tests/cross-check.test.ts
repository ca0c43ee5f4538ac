import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type CounterOperation,
  checkBoundedCounter,
  checkLinearizable,
  createCouponModel,
  type LinearizabilityVerdict,
  narrowInterchangeable,
} from '../src/index.ts'
import {
  crowdedOperations,
  faultlessOperations,
  type RandomHistory,
  randomManagement,
  randomOperations,
  randomTakes,
  randomTakesAndQuestions,
} from './random-history.ts'
import { isLinearizableInSomeOrder } from './try-every-order.ts'

const BUDGET = 1_000_000
const TIMEOUT_MS = 120_000

// A failure prints its seed and path; `fc.assert(…, { seed, path })` replays it.
describe('the closed form, the search, and the trial of every order', () => {
  it(
    'the closed form and the search agree on 50,000 histories of up to 7 takes',
    () => {
      const tally = agreeOn(50_000, randomTakes(7), ({ history, options }) => [
        checkBoundedCounter(history, options).linearizable,
        isRight(search(history, options)),
      ])
      expectBothKinds(tally)
    },
    TIMEOUT_MS,
  )

  it(
    'the search and every order agree on 50,000 histories of up to 5 operations of all kinds',
    () => {
      const tally = agreeOn(50_000, randomOperations(5), ({ history, options }) => [
        isRight(search(history, options)),
        isLinearizableInSomeOrder(history, createCouponModel(options)),
      ])
      expectBothKinds(tally)
    },
    TIMEOUT_MS,
  )

  it(
    'the closed form and every order agree on 10,000 histories of up to 5 takes',
    () => {
      const tally = agreeOn(10_000, randomTakes(5), ({ history, options }) => [
        checkBoundedCounter(history, options).linearizable,
        isLinearizableInSomeOrder(history, createCouponModel(options)),
      ])
      expectBothKinds(tally)
    },
    TIMEOUT_MS,
  )
})

describe('questions and changes of the coupon itself', () => {
  it(
    'the closed form and every order agree on 8,000 histories of up to 5 takes and questions',
    () => {
      const tally = agreeOn(8_000, randomTakesAndQuestions(5), ({ history, options }) => [
        checkBoundedCounter(history as CounterOperation[], options).linearizable,
        isLinearizableInSomeOrder(history, createCouponModel(options)),
      ])
      expectBothKinds(tally)
    },
    TIMEOUT_MS,
  )

  it(
    'the search and every order agree on 8,000 histories with coupons deleted and created anew',
    () => {
      const tally = agreeOn(8_000, randomManagement(5), ({ history, options }) => [
        isRight(search(history, options)),
        isLinearizableInSomeOrder(history, createCouponModel(options)),
      ])
      expectBothKinds(tally)
    },
    TIMEOUT_MS,
  )
})

describe('the search that tries one of those that are interchangeable', () => {
  it.each([
    ['everything', 6_000, randomOperations(9)],
    ['what happens at once', 15_000, crowdedOperations(9)],
    ['coupons deleted and created anew', 4_000, randomManagement(9)],
  ])(
    'agrees with the search that tries all, on histories of %s',
    (_what, numRuns, histories) => {
      const tally = agreeOn(numRuns, histories, ({ history, options }) => [
        isRight(search(history, options, narrowInterchangeable(history))),
        isRight(search(history, options)),
      ])
      expectBothKinds(tally)
    },
    TIMEOUT_MS,
  )
})

describe('the search', () => {
  it(
    'finds an order of every faultless history of up to 60 operations',
    () => {
      fc.assert(
        fc.property(faultlessOperations(60), ({ history, options }) => {
          expect(search(history, options).verdict).toBe('LINEARIZABLE')
        }),
        { numRuns: 300 },
      )
    },
    TIMEOUT_MS,
  )

  it(
    'gives an order in which every operation has its place, and real time is kept',
    () => {
      fc.assert(
        fc.property(randomOperations(7), ({ history, options }) => {
          const verdict = search(history, options)
          if (verdict.verdict !== 'LINEARIZABLE') return
          const operations = verdict.order.filter((step) => step.kind !== 'expire')
          expect(new Set(operations)).toEqual(new Set(history))
          expect(operations).toHaveLength(history.length)
          for (const [index, later] of operations.entries()) {
            for (const earlier of operations.slice(0, index)) {
              expect(later.returnedAt).toBeGreaterThanOrEqual(earlier.calledAt)
            }
          }
        }),
        { numRuns: 2_000 },
      )
    },
    TIMEOUT_MS,
  )
})

function search(
  history: RandomHistory['history'],
  options: RandomHistory['options'],
  narrow?: ReturnType<typeof narrowInterchangeable>,
) {
  return checkLinearizable(history, createCouponModel(options), BUDGET, narrow)
}

function isRight(result: LinearizabilityVerdict<string>): boolean {
  expect(result.verdict).not.toBe('UNDECIDED')
  return result.verdict === 'LINEARIZABLE'
}

function agreeOn<R extends RandomHistory>(
  numRuns: number,
  histories: fc.Arbitrary<R>,
  check: (random: R) => readonly [one: boolean, other: boolean],
) {
  const tally = { right: 0, wrong: 0 }
  fc.assert(
    fc.property(histories, (random) => {
      const [one, other] = check(random)
      expect(one).toBe(other)
      if (random.isFaultless) expect(one).toBe(true)
      tally[one ? 'right' : 'wrong'] += 1
    }),
    { numRuns },
  )
  return tally
}

/** Agreement says little where all histories are right, or all wrong. */
function expectBothKinds({ right, wrong }: { right: number; wrong: number }): void {
  expect(Math.min(right, wrong) / (right + wrong)).toBeGreaterThan(0.1)
}
