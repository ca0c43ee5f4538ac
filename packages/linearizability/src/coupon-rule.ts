/** Why an operation has no place in a state. */
export type CouponRule =
  /** A unit was given where none is free. */
  | 'OVERSELL'
  /** A unit was given to a user who has all of his. */
  | 'USER_OVER_LIMIT'
  | 'ID_GRANTED_TWICE'
  /** The ordinal is not one more than the units ever granted. */
  | 'ORDINAL_NOT_NEXT'
  /** EXHAUSTED or ALL_HELD with a unit free. */
  | 'REJECTED_WITH_UNIT_LEFT'
  /** EXHAUSTED, where only ALL_HELD is true. */
  | 'EXHAUSTED_WHILE_HELD'
  /** ALL_HELD, where only EXHAUSTED is true. */
  | 'ALL_HELD_WITHOUT_HOLD'
  | 'USER_REJECTED_WITH_USE_LEFT'
  /** Said to be usable, where no unit is free or the user has all of his. */
  | 'USABLE_WITHOUT_UNIT'
  | 'CONFIRMED_WITHOUT_HOLD'
  | 'RELEASED_WITHOUT_HOLD'
  | 'ROLLED_BACK_WITHOUT_REDEMPTION'
  | 'ROLLED_BACK_TWICE'
  /** The answer `already` where it was not as asked. */
  | 'FALSE_ALREADY'
  /** The answer `expired` where the hold had not ended by itself, or a late confirm had its unit. */
  | 'FALSE_EXPIRED'
  /** The answer that it was not found, where it was. */
  | 'FALSE_NOT_FOUND'
  /** An answer about a coupon where there is none. */
  | 'NO_SUCH_COUPON'
  /** Created where the code was taken. */
  | 'CREATED_TWICE'
  /** The answer that the code is taken, where it was free. */
  | 'FALSE_CODE_TAKEN'
  | 'LIMIT_CHANGED_AFTER_USE'
  /** The answer that the coupon was used, where it was not. */
  | 'FALSE_LOCKED'
