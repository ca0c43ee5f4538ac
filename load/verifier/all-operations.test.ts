import { describe, expect, it } from 'vitest'
import type { HistoryEntry, Outcome, PlannedCoupon } from '../plan.ts'
import { madeUpCoupon, madeUpEntry, madeUpPlan } from '../tests/made-up-run.ts'
import { plannedCoupon, simulateRun } from '../tests/simulated-run.ts'
import type { DatabaseRecord } from './database-record.ts'
import { findDifferences } from './find-differences.ts'

// One history a rule, of operations besides redeem; those of redeem alone are in `find-differences.test.ts`.

type Call = Partial<HistoryEntry> & { readonly told: Outcome }

/** Calls one after the other, a millisecond of pause between them, unless one says when it was. */
function historyOf(calls: readonly Call[]): HistoryEntry[] {
  return calls.map(({ told, ...call }, index) =>
    madeUpEntry({
      attempt: index,
      key: `key-${index}`,
      user: `user-${index}`,
      calledAt: 10 * index,
      returnedAt: 10 * index + 5,
      ...call,
      outcome: told,
    }),
  )
}

const rulesBroken = (calls: readonly Call[], coupon: Partial<PlannedCoupon> = {}) => [
  ...new Set(
    findDifferences(
      madeUpPlan({
        shape: { kind: 'attempts', users: 1, attempts: calls.length },
        coupons: [madeUpCoupon({ attempts: null, expectedGrants: null, limit: 1, ...coupon })],
      }),
      historyOf(calls),
      null,
    ).map(({ rule }) => rule),
  ),
]

const granted = (id: string, ordinal: number): Outcome => ({
  kind: 'granted',
  redemptionId: id,
  ordinal,
  replayed: false,
})
const done: Outcome = { kind: 'done', replayed: false }
const refused = (reason: string): Outcome => ({ kind: 'rejected', reason })
const validated = (reason: string | null): Outcome => ({
  kind: 'validated',
  valid: reason === null,
  reason,
})

const redeem = (id: string, ordinal: number): Call => ({
  operation: 'redeem',
  told: granted(id, ordinal),
})
const reserve = (id: string, ordinal: number): Call => ({
  operation: 'reserve',
  told: granted(id, ordinal),
})
const refusedRedeem = (reason: string): Call => ({ operation: 'redeem', told: refused(reason) })
const settle = (
  operation: 'confirm' | 'release' | 'rollback',
  redemptionId: string,
  told: Outcome = done,
): Call => ({ operation, redemptionId, told })
const validate = (reason: string | null): Call => ({
  operation: 'validate',
  key: null,
  told: validated(reason),
})
const remove: Call = { operation: 'delete', told: done }
const create = (limit: number): Call => ({ operation: 'create', limit, userLimit: 1, told: done })

describe('a history that is right has no difference:', () => {
  it.each<[string, readonly Call[]]>([
    [
      'a checkout that is paid',
      [reserve('a', 1), refusedRedeem('ALL_HELD'), settle('confirm', 'a')],
    ],
    ['a checkout that is not', [reserve('a', 1), settle('release', 'a'), redeem('b', 2)]],
    [
      'an order that is cancelled, and cancelled again',
      [
        redeem('a', 1),
        settle('rollback', 'a'),
        settle('rollback', 'a', refused('ALREADY_ROLLED_BACK')),
        redeem('b', 2),
        refusedRedeem('EXHAUSTED'),
      ],
    ],
    ['what is asked before and after', [validate(null), redeem('a', 1), validate('EXHAUSTED')]],
    [
      'a coupon that is deleted and created anew',
      [
        redeem('a', 1),
        remove,
        refusedRedeem('NOT_FOUND'),
        create(1),
        redeem('b', 1),
        settle('rollback', 'a'),
        refusedRedeem('EXHAUSTED'),
      ],
    ],
    [
      'a limit that is raised, and fixed from the first use on',
      [
        { operation: 'raise-limit', limit: 2, told: done },
        redeem('a', 1),
        { operation: 'raise-limit', limit: 3, told: refused('COUPON_LOCKED') },
        redeem('b', 2),
      ],
    ],
    [
      'a key that is sent three times at once',
      [
        { ...redeem('a', 1), key: 'same', calledAt: 0, returnedAt: 9 },
        {
          operation: 'redeem',
          key: 'same',
          calledAt: 1,
          returnedAt: 8,
          told: { ...granted('a', 1), replayed: true } as Outcome,
        },
        { ...refusedRedeem('EXHAUSTED'), calledAt: 20, returnedAt: 21 },
      ],
    ],
    [
      'a key that was refused, and granted when a unit came back',
      [
        redeem('a', 1),
        { ...refusedRedeem('EXHAUSTED'), key: 'later', user: 'bob' },
        settle('rollback', 'a'),
        { ...redeem('b', 2), key: 'later', user: 'bob' },
      ],
    ],
  ])('%s', (_what, calls) => {
    expect(rulesBroken(calls)).toEqual([])
  })

  it('a code that nobody made', () => {
    const guess: Call = { coupon: 'GUESSED', ...refusedRedeem('NOT_FOUND') }
    expect(rulesBroken([guess, { ...guess, told: refused('TOO_MANY_ATTEMPTS') }])).toEqual([])
  })

  it('a coupon that its own history creates', () => {
    const own = [create(1), redeem('a', 1), refusedRedeem('EXHAUSTED'), remove]
    expect(rulesBroken(own.map((call) => ({ coupon: 'OWN', ...call })))).toEqual([])
  })
})

describe('a history that is wrong fails with the rule that broke, and with no other:', () => {
  it.each<[string, readonly Call[], string]>([
    [
      'a unit given twice while it is held',
      [reserve('a', 1), redeem('b', 2)],
      'never more redemptions than the limit',
    ],
    [
      'a unit that does not come back with a release',
      [reserve('a', 1), settle('release', 'a'), refusedRedeem('ALL_HELD')],
      'nobody is refused while a unit is free',
    ],
    [
      'EXHAUSTED while a unit is only held',
      [reserve('a', 1), refusedRedeem('EXHAUSTED')],
      'nobody is told EXHAUSTED while a unit is only held',
    ],
    [
      'ALL_HELD when all is redeemed',
      [redeem('a', 1), { operation: 'reserve', told: refused('ALL_HELD') }],
      'nobody is told ALL_HELD when nothing is held',
    ],
    [
      'a rollback that was done twice',
      [redeem('a', 1), settle('rollback', 'a'), settle('rollback', 'a')],
      'a redemption is rolled back once',
    ],
    [
      'a rollback of what was never granted',
      [redeem('a', 1), settle('rollback', 'b')],
      'only what is redeemed can be rolled back',
    ],
    [
      'a confirmation of what was released',
      [reserve('a', 1), settle('release', 'a'), settle('confirm', 'a')],
      'only what is held can be confirmed or released',
    ],
    [
      'a release of what was confirmed',
      [reserve('a', 1), settle('confirm', 'a'), settle('release', 'a')],
      'only what is held can be confirmed or released',
    ],
    [
      'a reservation that is not found when it is confirmed',
      [reserve('a', 1), settle('confirm', 'a', refused('RESERVATION_NOT_FOUND'))],
      'what is there is found',
    ],
    [
      'a reservation said to have ended that had not',
      [
        { ...reserve('a', 1), told: { ...granted('a', 1), expiresAt: 1e9 } as Outcome },
        settle('confirm', 'a', refused('RESERVATION_EXPIRED')),
      ],
      'what is said of a reservation or redemption is true of it',
    ],
    [
      'a rollback said to be a repeat that is none',
      [redeem('a', 1), settle('rollback', 'a', refused('ALREADY_ROLLED_BACK'))],
      'what is said of a reservation or redemption is true of it',
    ],
    [
      'an ordinal that comes again after a rollback',
      [redeem('a', 1), settle('rollback', 'a'), redeem('b', 1)],
      'ordinals follow each other, in the order in time',
    ],
    [
      'valid, when all is used up',
      [redeem('a', 1), validate(null)],
      'a coupon is said to be valid only while a unit is free',
    ],
    [
      'not valid, with a unit free',
      [validate('EXHAUSTED'), redeem('a', 1)],
      'nobody is told EXHAUSTED before the last unit was asked for',
    ],
    ['a coupon that is not found', [refusedRedeem('NOT_FOUND')], 'what is there is found'],
    [
      'a redemption of a coupon that is deleted',
      [remove, redeem('a', 1)],
      'a coupon that is deleted is gone',
    ],
    [
      'a code that two coupons have',
      [redeem('a', 1), create(1)],
      'a code stands for one coupon at a time',
    ],
    [
      'a code said to be taken that is free',
      [remove, { ...create(1), told: refused('CODE_TAKEN') }],
      'a code is free when its coupon is gone',
    ],
    [
      'a limit that changes after a use',
      [redeem('a', 1), { operation: 'raise-limit', limit: 2, told: done }],
      'the limit of a used coupon is fixed',
    ],
    [
      'a limit said to be fixed before a use',
      [{ operation: 'raise-limit', limit: 2, told: refused('COUPON_LOCKED') }],
      'the limit of an unused coupon can be changed',
    ],
    [
      'a key with two redemptions',
      [
        { ...redeem('a', 1), key: 'same' },
        { ...redeem('b', 2), key: 'same' },
      ],
      'one key has one effect',
    ],
    [
      'a key that did it twice, and says so',
      [
        { ...redeem('a', 1), key: 'same' },
        { ...redeem('a', 1), key: 'same' },
      ],
      'one key has one effect',
    ],
    [
      'a key that is refused after it was granted',
      [
        { ...redeem('a', 1), key: 'same' },
        { ...refusedRedeem('EXHAUSTED'), key: 'same' },
      ],
      'a key that is sent again gets its first answer, as a replay',
    ],
  ])('%s', (_what, calls, rule) => {
    expect(rulesBroken(calls)).toEqual([rule])
  })

  it.each<[string, Partial<PlannedCoupon>, Call, string]>([
    [
      'a redemption without the password',
      { onsitePassword: '4242' },
      redeem('a', 1),
      'nobody redeems without the on-site password',
    ],
    [
      'a right password that is said to be wrong',
      { onsitePassword: '4242' },
      { ...refusedRedeem('ONSITE_PASSWORD_WRONG'), password: '4242' },
      'who types the on-site password is not told that it is wrong',
    ],
    [
      'a unit of nobody',
      { limit: 2 },
      { ...redeem('a', 1), user: null },
      'who takes a unit of a coupon limited to 2 or more is named',
    ],
    [
      'a user who is said to be unnamed',
      { limit: 2 },
      refusedRedeem('USER_ID_REQUIRED'),
      'a valid coupon is refused only when used up',
    ],
    [
      'who is turned away for guessing where there is nothing to guess',
      {},
      refusedRedeem('TOO_MANY_ATTEMPTS'),
      'a valid coupon is refused only when used up',
    ],
  ])('%s', (_what, coupon, call, rule) => {
    expect(rulesBroken([call], coupon)).toEqual([rule])
  })
})

describe('a simulated run', () => {
  const coupons = [
    { code: 'USEDUP', limit: 40, attempts: 120, isCheckout: false },
    { code: 'SCARCE', limit: 8, attempts: 200, isCheckout: true },
    { code: 'UNLIMITED', limit: 0, attempts: 60, isCheckout: true },
  ]
  const simulate = () => {
    const run = simulateRun(coupons, { seed: 11, latencyMs: 12, callsPerMs: 1 })
    const history: HistoryEntry[] = []
    for (;;) {
      const { done: isOver, value } = run.next()
      if (isOver === true) return { history, database: value }
      history.push(value)
    }
  }
  const { history, database } = simulate()
  const plan = madeUpPlan({
    shape: { kind: 'attempts', users: 1, attempts: 380 },
    coupons: coupons.map(plannedCoupon),
  })
  const find = (told: readonly HistoryEntry[], had: DatabaseRecord | null = database) =>
    findDifferences(plan, told, had)

  it('is right, with its log and without', () => {
    expect(find(history)).toEqual([])
    expect(find(history, null)).toEqual([])
  })

  it('is wrong wherever a grant is missing from what callers were told', () => {
    const grants = history.filter(({ outcome }) => outcome.kind === 'granted')
    for (const missing of grants.filter((_, index) => index % 20 === 0)) {
      const found = find(history.filter((entry) => entry !== missing))
      expect(found.map(({ rule }) => rule)).toContain('what is in the log was granted')
    }
  })

  it('is wrong where the log has another end of a redemption than was told', () => {
    const log = database.log.map((row, index) =>
      index === 50 ? ({ ...row, status: 'RELEASED' } as const) : row,
    )
    expect(find(history, { ...database, log }).map(({ rule }) => rule)).toContain(
      'the log says what the caller was told',
    )
  })

  it('names the coupon and the calls of what is wrong', () => {
    const first = history.find(
      ({ coupon, outcome }) => coupon === 'SCARCE' && outcome.kind === 'granted',
    ) as HistoryEntry
    const early: HistoryEntry = {
      ...first,
      key: 'early',
      user: 'early',
      attempt: first.attempt,
      calledAt: first.calledAt - 40,
      returnedAt: first.calledAt - 30,
      outcome: { kind: 'rejected', reason: 'EXHAUSTED' },
    }
    const [difference, ...others] = find([...history, early])
    expect(others).toEqual([])
    expect(difference).toMatchObject({
      coupon: 'SCARCE',
      rule: 'nobody is refused while a unit is free',
      calls: [{ operation: 'reserve', user: 'early', key: 'early', answer: 'EXHAUSTED' }, {}],
    })
    expect(difference?.found).toMatch(/^reserve early of early, from 0 to 10 ms, got EXHAUSTED; /)
  })
})
