import type { HistoryEntry, Plan, PlannedCoupon } from '../plan.ts'
import { mostTelling } from '../scenarios/most-telling.ts'
import {
  type DatabaseRecord,
  type Difference,
  findDifferences,
  KNOWN_IN_THE_END,
} from '../verifier/find-differences.ts'

/** What leaves the count of a coupon to its redemptions. */
const OF_A_COUNTER: readonly HistoryEntry['operation'][] = ['redeem', 'validate', 'list', 'export']

/**
 * What is wrong with a run, by what callers were told and by what the log has.
 *
 * @param history with every key that was sent several times merged to one entry
 */
export function findRunDifferences(
  plan: Plan,
  history: readonly HistoryEntry[],
  database: DatabaseRecord,
): readonly Difference[] {
  const byCoupon = Map.groupBy(history, ({ coupon }) => coupon)
  const counters = plan.coupons.filter((coupon) => isCounter(coupon, byCoupon.get(coupon.code)))
  const codes = new Set(counters.map(({ code }) => code))
  return [
    ...findMissingAttempts(plan, history),
    ...findDifferences(
      { ...plan, coupons: counters.map((coupon) => ({ ...coupon, attempts: null })) },
      history.filter(({ operation }) => operation === 'redeem'),
      database,
    ),
    ...history.filter(({ coupon }) => !codes.has(coupon)).flatMap(findWrongAnswer),
  ]
}

function isCounter(
  { isManaged, onsitePassword }: PlannedCoupon,
  told: readonly HistoryEntry[] = [],
): boolean {
  return (
    !isManaged &&
    onsitePassword === null &&
    told.every(({ operation }) => OF_A_COUNTER.includes(operation))
  )
}

function findMissingAttempts(
  { coupons, shape }: Plan,
  history: readonly HistoryEntry[],
): readonly Difference[] {
  const isCounted = coupons.every(({ attempts }) => attempts !== null)
  if (shape.kind !== 'attempts' || !isCounted) return []
  const made = new Set(history.map(({ attempt }) => attempt))
  made.delete(-1)
  return made.size === shape.attempts
    ? []
    : [
        {
          coupon: 'all',
          rule: 'every planned attempt was made and is in the history',
          found: `${made.size} of ${shape.attempts}`,
        },
      ]
}

function findWrongAnswer({ coupon, key, operation, outcome }: HistoryEntry): Difference[] {
  const what = `${operation} ${key ?? ''}`.trim()
  switch (outcome.kind) {
    case 'unsettled':
      return [{ coupon, rule: KNOWN_IN_THE_END, found: `${what} is not: ${outcome.why}` }]
    case 'unexpected':
      return [
        {
          coupon,
          rule: 'every answer is one of the contract',
          found: `${what} got ${outcome.answer}`,
        },
      ]
    default:
      return []
  }
}

/**
 * One entry for each key: the intention took its effect after its first call, and before the first answer that says
 * so returned. What only reads has no key and stays as it is; a read without an answer says nothing and goes.
 */
export function mergeByKey(history: readonly HistoryEntry[]): readonly HistoryEntry[] {
  const byKey = new Map<string, HistoryEntry[]>()
  const merged: HistoryEntry[][] = []
  for (const entry of history) {
    if (entry.key === null) {
      if (entry.outcome.kind !== 'unsettled') merged.push([entry])
      continue
    }
    const known = byKey.get(entry.key)
    if (known !== undefined) known.push(entry)
    else {
      const group = [entry]
      byKey.set(entry.key, group)
      merged.push(group)
    }
  }
  return merged.map(mergeEntries)
}

function mergeEntries(entries: readonly HistoryEntry[]): HistoryEntry {
  const [first] = entries as readonly [HistoryEntry]
  if (entries.length === 1) return first
  const outcome = mostTelling(entries.map((entry) => entry.outcome)) ?? first.outcome
  const told = entries.filter((entry) => entry.outcome.kind === outcome.kind)
  return {
    ...first,
    outcome,
    calledAt: Math.min(...entries.map(({ calledAt }) => calledAt)),
    returnedAt: Math.min(...told.map(({ returnedAt }) => returnedAt)),
  }
}
