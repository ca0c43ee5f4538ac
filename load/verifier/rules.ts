import type { JudgedRule } from '@coupon-gateway/linearizability'

const ORDINALS = 'ordinals are 1, 2, 3 … without gap or repeat'
const USER_LIMIT = 'no user redeems more often than he may'
export const OVERSOLD = 'never more redemptions than the limit'
export const UNDERSOLD = 'nobody is refused while a unit is free'
export const LOGGED_USER_LIMIT = USER_LIMIT
export const LOGGED_ORDINALS = ORDINALS
const TRUE_SETTLEMENT = 'what is said of a reservation or redemption is true of it'
const GAVE_BACK = 'only what is held can be confirmed or released'

/** What each rule of the judge demands, as the verdict says it. */
export const RULES: Readonly<Record<JudgedRule, string>> = {
  UNKNOWN_RESULT: 'every outcome is known in the end',
  OVERSELL: OVERSOLD,
  USER_OVER_LIMIT: USER_LIMIT,
  ID_GRANTED_TWICE: 'no redemption is granted twice',
  ORDINAL_TWICE: ORDINALS,
  ORDINAL_GAP: ORDINALS,
  ORDINAL_NOT_NEXT: 'ordinals follow each other, in the order in time',
  ORDINAL_OUT_OF_ORDER: 'ordinals follow the order in time',
  REJECTED_WITH_UNIT_LEFT: UNDERSOLD,
  REJECTED_BEFORE_LAST_GRANT: 'nobody is told EXHAUSTED before the last unit was asked for',
  EXHAUSTED_WHILE_HELD: 'nobody is told EXHAUSTED while a unit is only held',
  ALL_HELD_WITHOUT_HOLD: 'nobody is told ALL_HELD when nothing is held',
  USER_REJECTED_WITH_USE_LEFT: 'who is told to have redeemed has redeemed',
  USER_REJECTED_BEFORE_LAST_GRANT: 'nobody is told to have redeemed before he has',
  USABLE_WITHOUT_UNIT: 'a coupon is said to be valid only while a unit is free',
  USABLE_AFTER_LAST_GRANT: 'a coupon is said to be valid only while a unit is free',
  USABLE_AFTER_REJECTION: 'a coupon is said to be valid only while a unit is free',
  CONFIRMED_WITHOUT_HOLD: GAVE_BACK,
  RELEASED_WITHOUT_HOLD: GAVE_BACK,
  ROLLED_BACK_WITHOUT_REDEMPTION: 'only what is redeemed can be rolled back',
  ROLLED_BACK_TWICE: 'a redemption is rolled back once',
  FALSE_ALREADY: TRUE_SETTLEMENT,
  FALSE_EXPIRED: TRUE_SETTLEMENT,
  FALSE_NOT_FOUND: 'what is there is found',
  NO_SUCH_COUPON: 'a coupon that is deleted is gone',
  CREATED_TWICE: 'a code stands for one coupon at a time',
  FALSE_CODE_TAKEN: 'a code is free when its coupon is gone',
  LIMIT_CHANGED_AFTER_USE: 'the limit of a used coupon is fixed',
  FALSE_LOCKED: 'the limit of an unused coupon can be changed',
}

export const DECIDED = 'the order of all calls is decided within the budget of the search'
export const CHECKABLE = 'the history can be checked'
