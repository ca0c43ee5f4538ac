import { type BoundedCounterViolation, findViolation } from './bounded-counter-violations.ts'
import { assertLimits, type CouponLimits } from './coupon-limits.ts'
import { type CounterOperation, sortOutTakes } from './takes-by-result.ts'

export type BoundedCounterVerdict =
  | { readonly linearizable: true }
  | ({ readonly linearizable: false } & BoundedCounterViolation)

/**
 * Whether a history of takes, and of questions whether a unit is free, is linearizable: a closed form instead of a
 * search, O(n log n), and O(n) where it is right. With ordinals on the grants, or without them on all; then there may
 * be no questions.
 *
 * Such a history is linearizable if and only if
 * 1. there are no more grants than units, nor of a user more than his limit, and no id twice;
 * 2. ordinals, if given, are 1, 2, 3 … and in real-time order: going through them with the latest call so far,
 *    none of them had returned before it. That latest call is the earliest moment at which a grant can have
 *    taken effect; without ordinals this is its own call;
 * 3. a rejection for want of units comes with all units granted (EXHAUSTED: and none only held; ALL_HELD: and one
 *    held), and did not return before the earliest moment of the last grant; a rejection of a user likewise, with
 *    the user's own units and grants;
 * 4. who was told that a unit is free had asked by the latest moment of the last grant, and of the user's last: these
 *    grants have no earlier moment than his call.
 *
 * Necessary: nothing gives a unit back, so a rejection follows all of the grants that are its reason, and so
 * returns no earlier than the earliest moment of each. Sufficient: put every grant at its earliest moment and
 * every rejection, which changes nothing, at its return, and every other question at its call; of what falls
 * together, questions first, then grants in their order.
 *
 * @see Herlihy & Wing, "Linearizability: A Correctness Condition for Concurrent Objects", 1990
 * @example
 * checkBoundedCounter(history, { useLimit: 100, userLimit: 1 })
 * // { linearizable: false, rule: 'REJECTED_BEFORE_LAST_GRANT', operations: [rejection, grant] }
 * @throws RangeError the input is no such history: an interval that ends before it begins, ordinals on some
 * grants and not on others, a hold that may end by itself before the history does (then use `checkLinearizable`)
 */
export function checkBoundedCounter(
  history: readonly CounterOperation[],
  limits: CouponLimits,
): BoundedCounterVerdict {
  assertLimits(limits)
  const violation = findViolation(sortOutTakes(history), limits)
  return violation === undefined ? { linearizable: true } : { linearizable: false, ...violation }
}
