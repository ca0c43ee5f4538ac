import { describe, expect, it } from 'vitest'
import {
  type BoundedCounterRule,
  type CouponRule,
  checkBoundedCounter,
  checkLinearizable,
  createCouponModel,
  type Operation,
  type Take,
} from '../src/index.ts'
import {
  confirm,
  inTurn,
  redeemed,
  rejected,
  release,
  reserved,
  rollback,
  unanswered,
} from './write-history.ts'

const ONE = { useLimit: 1, userLimit: 1 }
const TWO = { useLimit: 2, userLimit: 1 }

interface WrongTakes {
  readonly wrong: string
  readonly limits?: typeof ONE
  readonly history: readonly Take[]
  /** What the closed form says, and which operations it shows. */
  readonly rule: BoundedCounterRule
  readonly shown: readonly number[]
  /** What the search says, and of which operation. */
  readonly searchRule: CouponRule
  readonly stuckAt: number
}

const WRONG_TAKES: readonly WrongTakes[] = [
  {
    wrong: 'oversell',
    history: [redeemed([0, 9], 'a'), redeemed([0, 9], 'b'), redeemed([0, 9], 'c')],
    rule: 'OVERSELL',
    shown: [0, 1, 2],
    searchRule: 'OVERSELL',
    stuckAt: 2,
  },
  {
    wrong: 'an ordinal above the limit',
    history: [
      redeemed([0, 9], 'a', { ordinal: 1 }),
      redeemed([0, 9], 'b', { ordinal: 2 }),
      redeemed([0, 9], 'c', { ordinal: 3 }),
    ],
    rule: 'OVERSELL',
    shown: [2],
    searchRule: 'OVERSELL',
    stuckAt: 2,
  },
  {
    wrong: 'a user twice',
    history: [redeemed([0, 1], 'a', { userId: 'ann' }), redeemed([2, 3], 'b', { userId: 'ann' })],
    rule: 'USER_OVER_LIMIT',
    shown: [0, 1],
    searchRule: 'USER_OVER_LIMIT',
    stuckAt: 1,
  },
  {
    wrong: 'a user who holds and redeems',
    history: [reserved([0, 1], 'a', { userId: 'ann' }), redeemed([2, 3], 'b', { userId: 'ann' })],
    rule: 'USER_OVER_LIMIT',
    shown: [0, 1],
    searchRule: 'USER_OVER_LIMIT',
    stuckAt: 1,
  },
  {
    wrong: 'an id twice',
    history: [redeemed([0, 1], 'a'), redeemed([2, 3], 'a')],
    rule: 'ID_GRANTED_TWICE',
    shown: [0, 1],
    searchRule: 'ID_GRANTED_TWICE',
    stuckAt: 1,
  },
  {
    wrong: 'an ordinal twice',
    history: [redeemed([0, 1], 'a', { ordinal: 1 }), redeemed([0, 2], 'b', { ordinal: 1 })],
    rule: 'ORDINAL_TWICE',
    shown: [0, 1],
    searchRule: 'ORDINAL_NOT_NEXT',
    stuckAt: 1,
  },
  {
    wrong: 'an ordinal gap',
    limits: { useLimit: 3, userLimit: 1 },
    history: [redeemed([0, 1], 'a', { ordinal: 1 }), redeemed([0, 2], 'b', { ordinal: 3 })],
    rule: 'ORDINAL_GAP',
    shown: [1],
    searchRule: 'ORDINAL_NOT_NEXT',
    stuckAt: 1,
  },
  {
    wrong: 'ordinals against real-time order',
    history: [redeemed([2, 3], 'a', { ordinal: 1 }), redeemed([0, 1], 'b', { ordinal: 2 })],
    rule: 'ORDINAL_OUT_OF_ORDER',
    shown: [0, 1],
    searchRule: 'ORDINAL_NOT_NEXT',
    stuckAt: 1,
  },
  {
    wrong: 'EXHAUSTED before the last grant was even called',
    history: [redeemed([0, 9], 'a'), rejected([0, 1], 'EXHAUSTED'), redeemed([2, 3], 'b')],
    rule: 'REJECTED_BEFORE_LAST_GRANT',
    shown: [1, 2],
    searchRule: 'REJECTED_WITH_UNIT_LEFT',
    stuckAt: 1,
  },
  {
    wrong: 'EXHAUSTED while a unit was free for the whole request',
    history: [redeemed([0, 1], 'a'), rejected([2, 3], 'EXHAUSTED')],
    rule: 'REJECTED_WITH_UNIT_LEFT',
    shown: [1],
    searchRule: 'REJECTED_WITH_UNIT_LEFT',
    stuckAt: 1,
  },
  {
    wrong: 'EXHAUSTED of an unlimited coupon',
    limits: { useLimit: 0, userLimit: 1 },
    history: [rejected([0, 1], 'EXHAUSTED')],
    rule: 'REJECTED_WITH_UNIT_LEFT',
    shown: [0],
    searchRule: 'REJECTED_WITH_UNIT_LEFT',
    stuckAt: 0,
  },
  {
    wrong: 'EXHAUSTED where only ALL_HELD is true',
    history: [redeemed([0, 1], 'a'), reserved([0, 1], 'b'), rejected([2, 3], 'EXHAUSTED')],
    rule: 'EXHAUSTED_WHILE_HELD',
    shown: [2, 1],
    searchRule: 'EXHAUSTED_WHILE_HELD',
    stuckAt: 2,
  },
  {
    wrong: 'ALL_HELD where only EXHAUSTED is true',
    limits: ONE,
    history: [redeemed([0, 1], 'a'), rejected([2, 3], 'ALL_HELD')],
    rule: 'ALL_HELD_WITHOUT_HOLD',
    shown: [1],
    searchRule: 'ALL_HELD_WITHOUT_HOLD',
    stuckAt: 1,
  },
  {
    wrong: 'ALREADY_REDEEMED_BY_USER to one who has not',
    history: [
      redeemed([0, 1], 'a', { userId: 'ann' }),
      rejected([2, 3], 'ALREADY_REDEEMED_BY_USER', 'bob'),
    ],
    rule: 'USER_REJECTED_WITH_USE_LEFT',
    shown: [1],
    searchRule: 'USER_REJECTED_WITH_USE_LEFT',
    stuckAt: 1,
  },
  {
    wrong: 'ALREADY_REDEEMED_BY_USER before the user had redeemed',
    history: [
      rejected([0, 1], 'ALREADY_REDEEMED_BY_USER', 'ann'),
      redeemed([2, 3], 'a', { userId: 'ann' }),
    ],
    rule: 'USER_REJECTED_BEFORE_LAST_GRANT',
    shown: [0, 1],
    searchRule: 'USER_REJECTED_WITH_USE_LEFT',
    stuckAt: 0,
  },
  {
    wrong: 'ALREADY_REDEEMED_BY_USER before the ordinals let the user have redeemed',
    history: [
      redeemed([2, 3], 'a', { ordinal: 1 }),
      redeemed([0, 9], 'b', { ordinal: 2, userId: 'ann' }),
      rejected([0, 1], 'ALREADY_REDEEMED_BY_USER', 'ann'),
    ],
    rule: 'USER_REJECTED_BEFORE_LAST_GRANT',
    shown: [2, 0, 1],
    searchRule: 'USER_REJECTED_WITH_USE_LEFT',
    stuckAt: 2,
  },
]

interface WrongOperations {
  readonly wrong: string
  readonly limits?: typeof ONE
  readonly history: readonly Operation[]
  readonly rule: CouponRule
  readonly stuckAt: number
}

const WRONG_OPERATIONS: readonly WrongOperations[] = [
  {
    wrong: 'a double rollback',
    history: inTurn<Operation>(
      (at) => redeemed(at, 'a'),
      (at) => rollback(at, 'a'),
      (at) => rollback(at, 'a'),
    ),
    rule: 'ROLLED_BACK_TWICE',
    stuckAt: 2,
  },
  {
    wrong: 'two rollbacks at once that both did it',
    history: [redeemed([0, 1], 'a'), rollback([2, 9], 'a'), rollback([2, 8], 'a')],
    rule: 'ROLLED_BACK_TWICE',
    stuckAt: 1,
  },
  {
    wrong: 'a double rollback that gives two units, the second of them said to be a repeat',
    history: inTurn<Operation>(
      (at) => redeemed(at, 'a'),
      (at) => redeemed(at, 'b'),
      (at) => rollback(at, 'a'),
      (at) => rollback(at, 'a', 'already'),
      (at) => redeemed(at, 'c'),
      (at) => redeemed(at, 'd'),
    ),
    rule: 'OVERSELL',
    stuckAt: 5,
  },
  {
    wrong: 'a double release that gives two units',
    history: inTurn<Operation>(
      (at) => reserved(at, 'a'),
      (at) => redeemed(at, 'b'),
      (at) => release(at, 'a'),
      (at) => release(at, 'a'),
      (at) => redeemed(at, 'c'),
      (at) => redeemed(at, 'd'),
    ),
    rule: 'OVERSELL',
    stuckAt: 5,
  },
  {
    wrong: 'release, then confirm',
    history: inTurn<Operation>(
      (at) => reserved(at, 'a'),
      (at) => release(at, 'a'),
      (at) => confirm(at, 'a'),
    ),
    rule: 'CONFIRMED_WITHOUT_HOLD',
    stuckAt: 2,
  },
  {
    wrong: 'confirm, then release',
    history: inTurn<Operation>(
      (at) => reserved(at, 'a'),
      (at) => confirm(at, 'a'),
      (at) => release(at, 'a'),
    ),
    rule: 'RELEASED_WITHOUT_HOLD',
    stuckAt: 2,
  },
  {
    wrong: 'confirm and release at once, and both did it',
    history: [reserved([0, 1], 'a'), confirm([2, 9], 'a'), release([2, 8], 'a')],
    rule: 'CONFIRMED_WITHOUT_HOLD',
    stuckAt: 1,
  },
  {
    wrong: 'a rollback of what was never granted',
    history: inTurn<Operation>((at) => rollback(at, 'a')),
    rule: 'ROLLED_BACK_WITHOUT_REDEMPTION',
    stuckAt: 0,
  },
  {
    wrong: 'a hold that ends before its time',
    limits: ONE,
    history: [reserved([0, 1], 'a', { expiresAt: 10 }), redeemed([2, 9], 'b')],
    rule: 'OVERSELL',
    stuckAt: 1,
  },
  {
    wrong: 'a late confirm that takes a unit where none is free',
    limits: ONE,
    history: [reserved([0, 1], 'a', { expiresAt: 2 }), redeemed([2, 3], 'b'), confirm([4, 5], 'a')],
    rule: 'OVERSELL',
    stuckAt: 2,
  },
  {
    wrong: 'a late confirm that is refused where a unit is free',
    limits: ONE,
    history: [reserved([0, 1], 'a', { expiresAt: 2 }), confirm([4, 5], 'a', 'expired')],
    rule: 'FALSE_EXPIRED',
    stuckAt: 1,
  },
  {
    wrong: 'EXHAUSTED with a unit back from a rollback',
    limits: ONE,
    history: inTurn<Operation>(
      (at) => redeemed(at, 'a'),
      (at) => rollback(at, 'a'),
      (at) => rejected(at, 'EXHAUSTED'),
    ),
    rule: 'REJECTED_WITH_UNIT_LEFT',
    stuckAt: 2,
  },
  {
    wrong: 'a rolled back ordinal used again',
    limits: ONE,
    history: inTurn<Operation>(
      (at) => redeemed(at, 'a', { ordinal: 1 }),
      (at) => rollback(at, 'a'),
      (at) => redeemed(at, 'b', { ordinal: 1 }),
    ),
    rule: 'ORDINAL_NOT_NEXT',
    stuckAt: 2,
  },
  {
    wrong: 'not-found of a hold that is there',
    history: inTurn<Operation>(
      (at) => reserved(at, 'a'),
      (at) => confirm(at, 'a', 'not-found'),
    ),
    rule: 'FALSE_NOT_FOUND',
    stuckAt: 1,
  },
  {
    wrong: 'already confirmed, of what was only held',
    history: inTurn<Operation>(
      (at) => reserved(at, 'a'),
      (at) => confirm(at, 'a', 'already'),
    ),
    rule: 'FALSE_ALREADY',
    stuckAt: 1,
  },
]

describe('a history of takes with one fault', () => {
  it.each(WRONG_TAKES)(
    'is refused by the closed form: $wrong',
    ({ history, limits = TWO, rule, shown }) => {
      expect(checkBoundedCounter(history, limits)).toEqual({
        linearizable: false,
        rule,
        operations: shown.map((index) => history[index]),
      })
    },
  )

  it.each(WRONG_TAKES)(
    'is refused by the search: $wrong',
    ({ history, limits = TWO, searchRule, stuckAt }) => {
      expect(checkLinearizable(history, createCouponModel(limits), 1_000)).toMatchObject({
        verdict: 'ILLEGAL',
        rule: searchRule,
        operation: history[stuckAt],
      })
    },
  )
})

describe('a history of all operations with one fault', () => {
  it.each(WRONG_OPERATIONS)(
    'is refused by the search: $wrong',
    ({ history, limits = TWO, rule, stuckAt }) => {
      expect(checkLinearizable(history, createCouponModel(limits), 1_000)).toMatchObject({
        verdict: 'ILLEGAL',
        rule,
        operation: history[stuckAt],
      })
    },
  )
})

describe('a history with an unknown result', () => {
  const history = [redeemed([0, 1], 'a'), unanswered([2, 3])]

  it('is no proof for the closed form', () => {
    expect(checkBoundedCounter(history, TWO)).toEqual({
      linearizable: false,
      rule: 'UNKNOWN_RESULT',
      operations: [history[1]],
    })
  })

  it('is undecided for the search', () => {
    expect(checkLinearizable(history, createCouponModel(TWO), 1_000)).toEqual({
      verdict: 'UNDECIDED',
      reason: 'UNKNOWN_RESULT',
      operations: [history[1]],
    })
  })
})
