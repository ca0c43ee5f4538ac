import { expect, it } from 'vitest'
import type { Outcome } from '../plan.ts'
import { madeUpCoupon } from '../tests/made-up-run.ts'
import { log } from './log.ts'
import type { Step } from './scenario.ts'

const ONCE = 'the log has every redemption once'

/** The rules that do not hold for who gets these answers. */
function rulesBroken(role: string, answerTo: (step: Step) => Outcome): readonly string[] {
  const broken: string[] = []
  log.act({
    number: 0,
    index: 0,
    coupon: madeUpCoupon({ role }),
    user: 'user-0',
    runId: 'run',
    random: () => 0,
    ask: answerTo,
    askTogether: (steps) => steps.map(answerTo),
    demand: (rule, holds) => {
      if (!holds) broken.push(rule)
    },
  })
  return broken
}

const idsFrom = (first: number, count: number) =>
  Array.from({ length: count }, (_, n) => `id-${first + n}`)
const page = (ids: readonly string[], next: string | null): Outcome => {
  return { kind: 'listed', rows: ids.length, next, ids }
}

it.each([
  ['all of the second page', idsFrom(100, 150), []],
  ['one of the first page again in place of its own', idsFrom(99, 150), [ONCE]],
  ['one too few', idsFrom(100, 149), [ONCE]],
])('who lists 250 redemptions and gets %s', (_what, second, rules) => {
  const answers = rulesBroken('listed', ({ after }) =>
    after === undefined ? page(idsFrom(0, 100), 'more') : page(second, null),
  )
  expect(answers).toEqual(rules)
})

it.each([
  ['his own', 'own', []],
  ['that of another', 'other', ['what was granted is in the log when the answer arrives']],
])('who has redeemed and finds %s', (_what, found, rules) => {
  const answers = rulesBroken('written', ({ operation }) =>
    operation === 'redeem'
      ? { kind: 'granted', redemptionId: 'own', ordinal: 1, replayed: false }
      : page([found], null),
  )
  expect(answers).toEqual(rules)
})
