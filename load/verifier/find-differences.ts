import type { HistoryEntry, Plan, PlannedCoupon } from '../plan.ts'
import { checkAnswers } from './check-answers.ts'
import { checkLog, checkToldAndLogged } from './check-log.ts'
import { checkOrder } from './check-order.ts'
import type { DatabaseRecord, LoggedRedemption } from './database-record.ts'
import type { Difference, Finding } from './difference.ts'
import { isGranted } from './granted.ts'
import { checkKeys } from './key-effects.ts'
import { UNDERSOLD } from './rules.ts'

/**
 * What is wrong with a run: with the answers by themselves, with those to one key, with their order, and with what the
 * database has of them. The history must be complete: unknown outcomes are replayed before, and one that is still
 * unknown is a difference.
 *
 * @param database null where nobody can look into it: then the answers are held against each other alone
 */
export function findDifferences(
  plan: Plan,
  history: readonly HistoryEntry[],
  database: DatabaseRecord | null,
): readonly Difference[] {
  const planned = new Map(plan.coupons.map((coupon) => [coupon.code, coupon]))
  const told = Map.groupBy(history, ({ coupon }) => coupon)
  const logged = Map.groupBy(database?.log ?? [], ({ coupon }) => coupon)
  const counters = Map.groupBy(database?.counters ?? [], ({ coupon }) => coupon)
  const codes = new Set([...planned.keys(), ...told.keys(), ...logged.keys()])
  return [
    ...checkCompleteness(plan, history),
    ...[...codes].flatMap((code) => {
      const coupon = planned.get(code)
      const entries = told.get(code) ?? []
      const rows = logged.get(code) ?? []
      return [
        ...checkCoupon(coupon, entries, rows),
        ...(database === null
          ? []
          : [
              ...checkToldAndLogged(entries, rows),
              ...checkLog(coupon, rows, counters.get(code) ?? []),
            ]),
      ].map((finding) => ({ coupon: code, ...finding }))
    }),
  ]
}

function checkCoupon(
  coupon: PlannedCoupon | undefined,
  told: readonly HistoryEntry[],
  logged: readonly LoggedRedemption[],
): readonly Finding[] {
  const answers = checkAnswers(coupon, told)
  const keys = checkKeys(told)
  // Where an outcome is not known nothing is proven about the others: it is a finding by itself.
  const isKnown = told.every(
    ({ outcome: { kind } }) => kind !== 'unsettled' && kind !== 'unexpected',
  )
  return [
    ...answers,
    ...keys,
    ...(coupon === undefined ? [] : checkExpectedGrants(coupon, told)),
    // A key with two effects is no one operation.
    ...(isKnown && keys.length === 0 ? checkOrder(coupon, told, logged) : []),
  ]
}

function checkExpectedGrants(
  { expectedGrants }: PlannedCoupon,
  told: readonly HistoryEntry[],
): Finding[] {
  if (expectedGrants === null) return []
  const grants = new Set(told.filter(isGranted).map(({ outcome }) => outcome.redemptionId)).size
  return grants >= expectedGrants
    ? []
    : [{ rule: UNDERSOLD, found: `undersold: ${grants} of ${expectedGrants}` }]
}

function checkCompleteness(
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
