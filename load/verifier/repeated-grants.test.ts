import { describe, expect, it } from 'vitest'
import type { GrantedEntry, Outcome } from '../plan.ts'
import { madeUpCoupon, madeUpEntry, madeUpPlan } from '../tests/made-up-run.ts'
import type { DatabaseRecord, LoggedRedemption } from './database-record.ts'
import { chooseGrants, findRepeatDifferences } from './repeated-grants.ts'

const grantOf = (coupon: string, index: number): GrantedEntry => ({
  ...madeUpEntry(),
  coupon,
  user: `user-${index}`,
  key: `${coupon}-${index}`,
  calledAt: index,
  returnedAt: index + 1,
  outcome: { kind: 'granted', redemptionId: `id-${index}`, ordinal: index, replayed: false },
})
const grantsOf = (coupon: string, count: number) =>
  Array.from({ length: count }, (_, index) => grantOf(coupon, index))

describe('chooseGrants', () => {
  const plan = madeUpPlan({
    coupons: ['SMALL', 'MEDIUM', 'LARGE'].map((code) => madeUpCoupon({ code })),
  })
  const chosen = chooseGrants(plan, [
    ...grantsOf('SMALL', 5),
    { ...grantOf('SMALL', 5), outcome: { kind: 'rejected', reason: 'EXHAUSTED' } },
    ...grantsOf('MEDIUM', 300),
    ...grantsOf('LARGE', 10_000),
  ])
  const indicesOf = (code: string) =>
    chosen.filter(({ coupon }) => coupon === code).map(({ calledAt }) => calledAt)

  it('takes all grants of a small coupon, and no refusal', () => {
    expect(indicesOf('SMALL')).toEqual([0, 1, 2, 3, 4])
  })

  it.each([
    ['MEDIUM', 300],
    ['LARGE', 10_000],
  ])('takes 200 of %s, spread over its %d', (code, count) => {
    const indices = indicesOf(code)
    expect(indices).toHaveLength(200)
    expect(indices.filter((index) => index < count / 2)).toHaveLength(100)
  })
})

const rowOf = (index: number): LoggedRedemption => ({
  redemptionId: `id-${index}`,
  coupon: 'CODE',
  couponId: 'first',
  ordinal: index,
  user: 'user-1',
  key: 'CODE-1',
  status: 'REDEEMED',
})
const counterOf = (used: number) => ({
  coupon: 'CODE',
  couponId: 'first',
  limit: 9,
  used,
  held: 0,
})

describe('findRepeatDifferences', () => {
  const grant = grantOf('CODE', 1)
  const before: DatabaseRecord = {
    log: [rowOf(1)],
    counters: [counterOf(1)],
  }
  const rulesBroken = (second: Outcome, after = before) =>
    findRepeatDifferences([grant], [{ ...grant, outcome: second }], before, after).map(
      ({ rule }) => rule,
    )
  const replay: Outcome = { ...grant.outcome, replayed: true }

  it('finds nothing where the first answer comes again, as a replay', () => {
    expect(rulesBroken(replay)).toEqual([])
  })

  it.each<[string, Outcome]>([
    ['another redemption', { ...replay, redemptionId: 'other' }],
    ['another ordinal', { ...replay, ordinal: 2 }],
    ['a redemption that is none of before', { ...replay, replayed: false }],
    ['a refusal', { kind: 'rejected', reason: 'ALREADY_REDEEMED_BY_USER' }],
  ])('finds %s', (_what, second) => {
    expect(rulesBroken(second)).toEqual([
      'a key that is sent again gets its first answer, as a replay',
    ])
  })

  it('finds a repeat without an answer', () => {
    expect(rulesBroken({ kind: 'unsettled', why: 'no answer' })).toEqual([
      'every outcome is known in the end',
    ])
  })

  it.each<[string, DatabaseRecord]>([
    [
      'a new row in the log',
      {
        ...before,
        log: [...before.log, rowOf(2)],
      },
    ],
    [
      'a row that came to life again',
      { ...before, log: before.log.map((row) => ({ ...row, status: 'RESERVED' })) },
    ],
    ['a counter that moved', { ...before, counters: [counterOf(2)] }],
  ])('finds %s', (_what, after) => {
    expect(rulesBroken(replay, after)).toEqual(['a key that is sent again has no second effect'])
  })
})
