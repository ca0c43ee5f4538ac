import type { GrantedEntry, HistoryEntry, Plan } from '../plan.ts'
import { KNOWN_IN_THE_END } from './check-answers.ts'
import type { DatabaseRecord } from './database-record.ts'
import type { Difference } from './difference.ts'
import { isGranted } from './granted.ts'

/** Grants of one coupon that are asked for again. Of a small coupon these are all. */
const MOST_OF_A_COUPON = 200

/** Chooses grants whose keys are sent again: of each coupon all, or some that are spread evenly over it. */
export function chooseGrants(
  plan: Plan,
  history: readonly HistoryEntry[],
): readonly GrantedEntry[] {
  const byCoupon = Map.groupBy(history.filter(isGranted), ({ coupon }) => coupon)
  return plan.coupons.flatMap(({ code }) => {
    const grants = byCoupon.get(code) ?? []
    const step = Math.max(1, grants.length / MOST_OF_A_COUPON)
    return grants.filter((_, index) => Math.floor(index / step) !== Math.floor((index - 1) / step))
  })
}

/**
 * What is wrong with the answers to keys that were sent again: each must be the first answer, marked as a replay,
 * and the database must be as before.
 *
 * @param again the grants, with the outcome of the repeat
 * @param before what the database had before the repeats; null where nobody can look into it
 */
export function findRepeatDifferences(
  grants: readonly GrantedEntry[],
  again: readonly HistoryEntry[],
  before: DatabaseRecord | null,
  after: DatabaseRecord | null,
): readonly Difference[] {
  const wrongAnswers = grants.flatMap(({ coupon, key, outcome: first }, index): Difference[] => {
    const second = again[index]?.outcome
    const isSame =
      second?.kind === 'granted' &&
      second.redemptionId === first.redemptionId &&
      second.ordinal === first.ordinal &&
      second.replayed
    if (isSame) return []
    if (second?.kind === 'unsettled') {
      return [
        { coupon, rule: KNOWN_IN_THE_END, found: `${key}, sent again, is not: ${second.why}` },
      ]
    }
    const found = `${key}: first ${JSON.stringify(first)}, then ${JSON.stringify(second)}`
    return [{ coupon, rule: 'a key that is sent again gets its first answer, as a replay', found }]
  })
  if (before === null || after === null) return wrongAnswers
  const known = new Map(before.log.map(({ redemptionId, status }) => [redemptionId, status]))
  const changedRows = after.log.flatMap(({ coupon, redemptionId, key, status }): Difference[] => {
    const first = known.get(redemptionId)
    // A reservation ends by itself when its time is over.
    if (first === status || (first === 'RESERVED' && status === 'EXPIRED')) return []
    const what = first === undefined ? 'new in the log' : `${status} in the log, and was ${first}`
    return [{ coupon, rule: NO_SECOND_EFFECT, found: `${redemptionId} (${key}) is ${what}` }]
  })
  const usedBefore = new Map(before.counters.map(({ couponId, used }) => [couponId, used]))
  const movedCounters = after.counters
    .filter(({ couponId, used }) => used !== usedBefore.get(couponId))
    .map(({ coupon, couponId, used }) => ({
      coupon,
      rule: NO_SECOND_EFFECT,
      found: `the counter went from ${usedBefore.get(couponId)} to ${used}`,
    }))
  return [...wrongAnswers, ...changedRows, ...movedCounters]
}

const NO_SECOND_EFFECT = 'a key that is sent again has no second effect'
