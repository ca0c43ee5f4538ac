import {
  type BoundedCounterRule,
  checkBoundedCounter,
  type Take,
} from '@coupon-gateway/linearizability'
import type { HistoryEntry, PlannedCoupon } from '../plan.ts'

/** What each rule demands, as the verdict says it. */
const RULES: Readonly<Record<BoundedCounterRule, string>> = {
  UNKNOWN_RESULT: 'every outcome is known in the end',
  OVERSELL: 'never more redemptions than the limit',
  USER_OVER_LIMIT: 'no user redeems more often than he may',
  ID_GRANTED_TWICE: 'no redemption is granted twice',
  ORDINAL_TWICE: 'ordinals are 1, 2, 3 … without gap or repeat',
  ORDINAL_GAP: 'ordinals are 1, 2, 3 … without gap or repeat',
  ORDINAL_OUT_OF_ORDER: 'ordinals follow the order in time',
  REJECTED_WITH_UNIT_LEFT: 'nobody is refused while a unit is free',
  REJECTED_BEFORE_LAST_GRANT: 'nobody is told EXHAUSTED before the last unit was asked for',
  EXHAUSTED_WHILE_HELD: 'nobody is told EXHAUSTED while a unit is only held',
  ALL_HELD_WITHOUT_HOLD: 'nobody is told ALL_HELD when nothing is held',
  USER_REJECTED_WITH_USE_LEFT: 'who is told to have redeemed has redeemed',
  USER_REJECTED_BEFORE_LAST_GRANT: 'nobody is told to have redeemed before he has',
}

/** Of the operations that show a violation: an oversold coupon has one more than its limit. */
const SHOWN_OPERATIONS = 3

/**
 * Whether what callers were told about one coupon, and when, can be true of a counter: the closed form of its
 * linearizability. The moments are of one machine's clock in whole milliseconds, which are rounded down: what
 * ended in the millisecond in which something else began counts as overlapping, so nothing right is found wrong.
 *
 * @param told a history without unknown outcomes
 */
export function checkCounter(
  { limit, userLimit }: PlannedCoupon,
  told: readonly HistoryEntry[],
): readonly [rule: string, found: string] | undefined {
  const start = told.reduce((earliest, { calledAt }) => Math.min(earliest, calledAt), Infinity)
  const entries = new Map(told.flatMap((entry) => toTakes(entry).map((take) => [take, entry])))
  try {
    const verdict = checkBoundedCounter([...entries.keys()], { useLimit: limit, userLimit })
    if (verdict.linearizable) return undefined
    const { rule, operations } = verdict
    const shown = operations.slice(0, SHOWN_OPERATIONS).map((take) => {
      const { key, user } = entries.get(take) as HistoryEntry
      const [from, to] = [take.calledAt - start, take.returnedAt - start]
      return `${key} of ${user}, from ${from} to ${to} ms, got ${answerOf(take)}`
    })
    const rest = operations.length - shown.length
    return [RULES[rule], shown.join('; ') + (rest > 0 ? `; and ${rest} more` : '')]
  } catch (error) {
    // The clock went back, or a grant has no ordinal.
    if (!(error instanceof RangeError)) throw error
    return ['the history can be checked', error.message]
  }
}

/** The entry as the checker reads it: one operation, or none where the answer says nothing about units. */
function toTakes({ user, calledAt, returnedAt, outcome }: HistoryEntry): readonly Take[] {
  const take = { kind: 'redeem', userId: user, calledAt, returnedAt } as const
  switch (outcome.kind) {
    case 'granted': {
      const { redemptionId: id, ordinal } = outcome
      return [{ ...take, result: { outcome: 'granted', id, ordinal } }]
    }
    case 'rejected': {
      const { reason } = outcome
      return reason === 'EXHAUSTED' || reason === 'ALREADY_REDEEMED_BY_USER'
        ? [{ ...take, result: { outcome: 'rejected', reason } }]
        : []
    }
    default:
      return [{ ...take, result: { outcome: 'unknown' } }]
  }
}

function answerOf({ result }: Take): string {
  switch (result.outcome) {
    case 'granted':
      return `#${result.ordinal}`
    case 'rejected':
      return result.reason
    default:
      return 'no answer'
  }
}
