import type { Operation } from '@coupon-gateway/linearizability'
import { findOnPath } from '@coupon-gateway/stack'
import { describe, expect, it } from 'vitest'
import type { HistoryEntry } from '../plan.ts'
import { askPorcupine } from '../porcupine/ask-porcupine.ts'
import { type Sample, takeSample } from '../porcupine/sample.ts'
import { AGREES, askForSecondOpinion, findDisagreements } from '../porcupine/second-opinion.ts'
import { seedRandom } from '../seeded-random.ts'
import { judgeOptionsOf } from '../verifier/check-order.ts'
import { toldOperations } from '../verifier/told-operations.ts'
import { madeUpPlan } from './made-up-run.ts'
import { plannedCoupon, simulateRun } from './simulated-run.ts'

const { signal } = new AbortController()
const COUPONS = Array.from({ length: 24 }, (_, index) => ({
  code: `COUPON${index}`,
  limit: 2 + (index % 4),
  attempts: 14,
  isCheckout: index % 3 !== 0,
}))
const options = { seed: 3, latencyMs: 8, callsPerMs: 0.4 }

function sampleOf(history: readonly HistoryEntry[], index: number): Sample {
  const coupon = COUPONS[index] as (typeof COUPONS)[number]
  const told = history.filter((entry) => entry.coupon === coupon.code)
  const { operations } = toldOperations(told)
  const sample = takeSample(coupon.code, operations, judgeOptionsOf(plannedCoupon(coupon), told))
  if (sample === undefined) throw new Error('the history is too long for a sample')
  return sample
}

/** The sample without one of its operations, or with another answer: right or wrong, as chance has it. */
function spoil(sample: Sample, random: (min: number, max: number) => number): Sample {
  const operations = [...sample.operations]
  const index = random(0, operations.length - 1)
  const operation = operations[index] as Operation
  if (operation.result.outcome === 'rejected') {
    const reason = operation.result.reason === 'EXHAUSTED' ? 'ALL_HELD' : 'EXHAUSTED'
    operations[index] = { ...operation, result: { outcome: 'rejected', reason } } as Operation
  } else {
    operations.splice(index, 1)
  }
  return takeSample(sample.name, operations, sample.options) ?? sample
}

describe.skipIf(findOnPath('go') === undefined && process.env.CI === undefined)(
  'Porcupine, which Go builds,',
  { timeout: 120_000 },
  () => {
    const history = [...simulateRun(COUPONS, options)]
    const right = COUPONS.map((_, index) => sampleOf(history, index))
    const { integer } = seedRandom(5)
    const spoilt = right.flatMap((sample) =>
      Array.from({ length: 8 }, () => spoil(sample, integer)),
    )

    it('finds right what is right, as the judge does', async () => {
      expect(right.map(({ ours }) => ours)).toEqual(right.map(() => 'RIGHT'))
      expect(await askPorcupine(right, signal)).toEqual(right.map(() => 'Ok'))
    })

    it('agrees with the judge on what was spoilt, right or wrong', async () => {
      const theirs = await askPorcupine(spoilt, signal)
      expect(findDisagreements(spoilt, theirs)).toEqual([])
      expect(theirs.filter((verdict) => verdict === 'Illegal').length).toBeGreaterThan(100)
      expect(theirs.filter((verdict) => verdict === 'Ok').length).toBeGreaterThan(10)
    })

    it('is asked about the beginning of what is too long for it', async () => {
      const long = { code: 'LONG', limit: 9, attempts: 2_000, isCheckout: true }
      const counter = { code: 'COUNTER', limit: 300, attempts: 2_000, isCheckout: false }
      const told = [...simulateRun([long, counter], { seed: 8, latencyMs: 20, callsPerMs: 1 })]
      const samples = [long, counter].flatMap((coupon) => {
        const its = told.filter((entry) => entry.coupon === coupon.code)
        const judged = judgeOptionsOf(plannedCoupon(coupon), its)
        return takeSample(coupon.code, toldOperations(its).operations, judged) ?? []
      })
      expect(samples.map(({ ours }) => ours)).toEqual(['RIGHT', 'RIGHT'])
      expect(
        Math.min(...samples.map(({ operations }) => operations.length)),
      ).toBeGreaterThanOrEqual(30)
      expect(await askPorcupine(samples, signal)).toEqual(['Ok', 'Ok'])
    })

    it('gives a second opinion on a run', async () => {
      const plan = madeUpPlan({ coupons: COUPONS.map(plannedCoupon) })
      expect(await askForSecondOpinion(plan, history, { isRequired: true, signal })).toEqual({
        opinion: { asked: true, agreeing: COUPONS.length, undecided: 0 },
        differences: [],
      })
    })
  },
)

describe('a disagreement', () => {
  const sample = (ours: Sample['ours']): Sample => ({
    name: 'COUPON',
    options: { useLimit: 1, userLimit: 1, budget: 1 },
    operations: [],
    ours,
  })

  it.each([
    ['RIGHT', 'Illegal'],
    ['WRONG', 'Ok'],
  ] as const)('is one: %s, and Porcupine says %s', (ours, theirs) => {
    expect(findDisagreements([sample(ours)], [theirs])).toMatchObject([
      { coupon: 'COUPON', rule: AGREES },
    ])
  })

  it.each([
    ['RIGHT', 'Ok'],
    ['WRONG', 'Illegal'],
    ['RIGHT', 'Unknown'],
    ['UNDECIDED', 'Ok'],
  ] as const)('is none: %s, and Porcupine says %s', (ours, theirs) => {
    expect(findDisagreements([sample(ours)], [theirs])).toEqual([])
  })
})
