import { describe, expect, it } from 'vitest'
import type { HistoryEntry, Outcome, Plan } from '../plan.ts'
import { madeUpCoupon, madeUpEntry, madeUpPlan } from '../tests/made-up-run.ts'
import type { DatabaseRecord, LoggedRedemption } from './database-record.ts'
import { findDifferences } from './find-differences.ts'

const COUPON = 'LOADTEST01'

const planFor = (limit: number, attempts: number): Plan =>
  madeUpPlan({
    shape: { kind: 'attempts', users: 1, attempts },
    coupons: [
      madeUpCoupon({
        code: COUPON,
        limit,
        attempts,
        customers: attempts,
        expectedGrants: Math.min(limit, attempts),
      }),
    ],
  })

const entry = (index: number, outcome: Outcome): HistoryEntry =>
  madeUpEntry({
    attempt: index,
    coupon: COUPON,
    user: `user-${index}`,
    key: `key-${index}`,
    calledAt: index,
    returnedAt: index + 1,
    outcome,
  })
const granted = (index: number, ordinal = index): HistoryEntry =>
  entry(index, { kind: 'granted', redemptionId: `id-${index}`, ordinal, replayed: false })
const rejected = (index: number, reason = 'EXHAUSTED'): HistoryEntry =>
  entry(index, { kind: 'rejected', reason })

const during = (it: HistoryEntry, calledAt: number, returnedAt: number): HistoryEntry => ({
  ...it,
  calledAt,
  returnedAt,
})

const row = (index: number, rest: Partial<LoggedRedemption> = {}): LoggedRedemption => ({
  redemptionId: `id-${index}`,
  coupon: COUPON,
  ordinal: index,
  user: `user-${index}`,
  key: `key-${index}`,
  couponId: 'first',
  status: 'REDEEMED',
  ...rest,
})
const record = (
  log: readonly LoggedRedemption[],
  used = log.filter(({ status }) => status === 'REDEEMED').length,
  held = log.filter(({ status }) => status === 'RESERVED').length,
): DatabaseRecord => ({
  log,
  counters: [{ coupon: COUPON, couponId: 'first', limit: 1_000, used, held }],
})

const rulesBroken = (
  limit: number,
  history: readonly HistoryEntry[],
  database: DatabaseRecord,
  attempts = history.length,
) => new Set(findDifferences(planFor(limit, attempts), history, database).map(({ rule }) => rule))

describe('a history that is right has no difference:', () => {
  it.each<[string, number, HistoryEntry[], LoggedRedemption[]]>([
    ['used up', 2, [granted(1), granted(2), rejected(3)], [row(1), row(2)]],
    [
      'answered in another order than granted',
      2,
      [during(granted(2), 1, 5), during(granted(1), 1, 6)],
      [row(1), row(2)],
    ],
    [
      'refused in the millisecond in which the last unit was asked for',
      2,
      [granted(1), during(granted(2), 5, 9), during(rejected(3), 4, 5)],
      [row(1), row(2)],
    ],
    ['not used up', 5, [granted(1), granted(2)], [row(1), row(2)]],
  ])('%s', (_what, limit, history, log) => {
    expect(rulesBroken(limit, history, record(log))).toEqual(new Set())
  })

  it('a user who was refused because he has redeemed', () => {
    const again = { ...rejected(3, 'ALREADY_REDEEMED_BY_USER'), user: 'user-1' }
    const plan = planFor(2, 3)
    expect(
      findDifferences(plan, [granted(1), granted(2), again], record([row(1), row(2)])),
    ).toEqual([])
  })
})

describe('a history that is wrong fails with the rule that broke:', () => {
  it.each<[string, number, HistoryEntry[], DatabaseRecord, string]>([
    [
      'one grant too many',
      1,
      [granted(1), granted(2)],
      record([row(1), row(2)]),
      'never more redemptions than the limit',
    ],
    [
      'a refusal while a unit was free',
      2,
      [granted(1), rejected(2)],
      record([row(1)]),
      'nobody is refused while a unit is free',
    ],
    [
      'a grant that the log does not have',
      2,
      [granted(1), granted(2)],
      record([row(1)], 1),
      'what was granted is in the log',
    ],
    [
      'a redemption that nobody was granted',
      2,
      [granted(1), rejected(2)],
      record([row(1), row(2)]),
      'what is in the log was granted',
    ],
    [
      'another redemption than the caller was told',
      1,
      [granted(1)],
      record([row(1, { redemptionId: 'other' })]),
      'the log says what the caller was told',
    ],
    [
      'another ordinal than the caller was told',
      2,
      [granted(1, 2), granted(2, 1)],
      record([row(1), row(2)]),
      'the log says what the caller was told',
    ],
    [
      'a gap in the ordinals',
      3,
      [granted(1), granted(3)],
      record([row(1), row(3)]),
      'ordinals are 1, 2, 3 … without gap or repeat',
    ],
    [
      'an ordinal twice',
      2,
      [granted(1), granted(2, 1)],
      record([row(1), row(2, { ordinal: 1 })]),
      'ordinals are 1, 2, 3 … without gap or repeat',
    ],
    [
      'a user twice',
      2,
      [granted(1), { ...granted(2), user: 'user-1' }],
      record([row(1), row(2, { user: 'user-1' })]),
      'no user redeems more often than he may',
    ],
    [
      'a key with two effects',
      2,
      [granted(1)],
      record([row(1), row(2, { key: 'key-1', user: 'user-1' })]),
      'one key has one effect',
    ],
    [
      'a counter that is not the log',
      2,
      [granted(1), granted(2)],
      record([row(1), row(2)], 1),
      'the counter agrees with the log',
    ],
    [
      'an outcome that stays unknown',
      1,
      [granted(1), entry(2, { kind: 'unsettled', why: 'no answer' })],
      record([row(1)]),
      'every outcome is known in the end',
    ],
    [
      'an answer that is not the contract’s',
      1,
      [granted(1), entry(2, { kind: 'unexpected', answer: 'HTTP 418' })],
      record([row(1)]),
      'every answer is one of the contract',
    ],
    [
      'a valid coupon refused as expired',
      1,
      [granted(1), rejected(2, 'EXPIRED')],
      record([row(1)]),
      'a valid coupon is refused only when used up',
    ],
    [
      'a user told to have redeemed who has not',
      1,
      [granted(1), rejected(2, 'ALREADY_REDEEMED_BY_USER')],
      record([row(1)]),
      'who is told to have redeemed has redeemed',
    ],
    [
      'a user told to have redeemed before he has',
      2,
      [
        granted(1),
        { ...during(rejected(3, 'ALREADY_REDEEMED_BY_USER'), 2, 3), user: 'user-2' },
        during(granted(2), 4, 5),
      ],
      record([row(1), row(2)]),
      'nobody is told to have redeemed before he has',
    ],
    [
      'a user told that all is used up before the last unit was asked for',
      2,
      [granted(1), during(rejected(3), 2, 4), during(granted(2), 5, 6)],
      record([row(1), row(2)]),
      'nobody is told EXHAUSTED before the last unit was asked for',
    ],
    [
      'a user told that all is used up where fewer users than units are',
      5,
      [granted(1), granted(2), rejected(3)],
      record([row(1), row(2)]),
      'nobody is refused while a unit is free',
    ],
    [
      'a unit that was granted after a later one had been',
      2,
      [during(granted(2), 1, 2), during(granted(1), 3, 4)],
      record([row(1), row(2)]),
      'ordinals follow the order in time',
    ],
    [
      'a grant without an ordinal',
      2,
      [
        granted(1),
        entry(2, { kind: 'granted', redemptionId: 'id-2', ordinal: null, replayed: false }),
      ],
      record([row(1), row(2, { ordinal: null })]),
      'ordinals are 1, 2, 3 … without gap or repeat',
    ],
    [
      'an answer that came before its request: the clock went back',
      1,
      [during(granted(1), 5, 4)],
      record([row(1)]),
      'the history can be checked',
    ],
  ])('%s', (_what, limit, history, database, rule) => {
    expect(rulesBroken(limit, history, database)).toContain(rule)
  })

  it('does not count what may have been lost on the way as granted by nobody', () => {
    const lost = entry(2, { kind: 'unsettled', why: 'no answer' })
    expect(rulesBroken(2, [granted(1), lost], record([row(1), row(2)]))).not.toContain(
      'what is in the log was granted',
    )
  })

  it('attempts that are missing from the history', () => {
    expect(rulesBroken(1, [granted(1)], record([row(1)]), 2)).toContain(
      'every planned attempt was made and is in the history',
    )
  })
})
