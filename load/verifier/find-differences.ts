import type { GrantedEntry, HistoryEntry, Plan, PlannedCoupon } from '../plan.ts'
import { checkCounter } from './check-counter.ts'

/** A redemption as the database has it. */
export interface LoggedRedemption {
  readonly redemptionId: string
  readonly coupon: string
  readonly ordinal: number | null
  readonly user: string | null
  readonly key: string | null
}

/** What the database has: the log, and the counter of each coupon. */
export interface DatabaseRecord {
  readonly log: readonly LoggedRedemption[]
  readonly used: ReadonlyMap<string, number>
}

/** One thing that is wrong, with the coupon and the rule that broke. */
export interface Difference {
  readonly coupon: string
  readonly rule: string
  readonly found: string
}

/** Rule of every answer that is still missing when all was asked again. */
export const KNOWN_IN_THE_END = 'every outcome is known in the end'

/** Rule of the user's own limit, which is 1 unless set. */
export const USER_LIMIT = 'no user redeems more often than he may'

/** Rejections that a redemption of a valid coupon may get. */
const ALLOWED_REJECTIONS = new Set(['EXHAUSTED', 'ALREADY_REDEEMED_BY_USER'])

/**
 * Compares what callers were told with what the database has. The history must be complete: unknown outcomes
 * are replayed before, and one that is still unknown is a difference.
 */
export function findDifferences(
  plan: Plan,
  history: readonly HistoryEntry[],
  { log, used }: DatabaseRecord,
): readonly Difference[] {
  return plan.coupons.flatMap((coupon) => {
    const told = history.filter((entry) => entry.coupon === coupon.code)
    const logged = log.filter((row) => row.coupon === coupon.code)
    return [
      ...checkCompleteness(coupon, told),
      ...checkToldAndLogged(told, logged),
      ...checkOrdinals(logged),
      ...checkUsers(coupon, logged),
      ...checkCount(coupon, told, logged, used.get(coupon.code)),
      ...checkRejections(told),
      ...checkOrder(coupon, told),
    ].map(([rule, found]) => ({ coupon: coupon.code, rule, found }))
  })
}

type Finding = readonly [rule: string, found: string]

function checkCompleteness(coupon: PlannedCoupon, told: readonly HistoryEntry[]): Finding[] {
  const findings: Finding[] = []
  if (coupon.attempts !== null && told.length !== coupon.attempts) {
    findings.push([
      'every planned attempt was made and is in the history',
      `${told.length} of ${coupon.attempts}`,
    ])
  }
  for (const { key, outcome } of told) {
    if (outcome.kind === 'unsettled') {
      findings.push([KNOWN_IN_THE_END, `${key} is not: ${outcome.why}`])
    }
    if (outcome.kind === 'unexpected') {
      findings.push(['every answer is one of the contract', `${key} got ${outcome.answer}`])
    }
  }
  return findings
}

function checkToldAndLogged(
  told: readonly HistoryEntry[],
  logged: readonly LoggedRedemption[],
): Finding[] {
  const findings: Finding[] = []
  const grants = new Map(told.filter(isGranted).map((entry) => [entry.key, entry]))
  // What nobody knows the outcome of may be in the log.
  const open = new Set(
    told.filter(({ outcome }) => outcome.kind === 'unsettled').map(({ key }) => key),
  )
  const rows = new Map(logged.map((row) => [row.key, row]))
  for (const { key, user, outcome } of grants.values()) {
    const row = rows.get(key)
    if (row === undefined) {
      findings.push(['what was granted is in the log', `the grant of ${key} is not`])
    } else if (
      row.redemptionId !== outcome.redemptionId ||
      row.ordinal !== outcome.ordinal ||
      row.user !== user
    ) {
      findings.push([
        'the log says what the caller was told',
        `${key}: told ${outcome.redemptionId} #${outcome.ordinal} for ${user}, logged ${row.redemptionId} #${row.ordinal} for ${row.user}`,
      ])
    }
  }
  for (const { key, redemptionId } of logged) {
    if (key === null || !(grants.has(key) || open.has(key))) {
      findings.push(['what is in the log was granted', `${redemptionId} (${key}) was not`])
    }
  }
  if (rows.size !== logged.length) {
    findings.push(['one key has one effect', `${logged.length} rows for ${rows.size} keys`])
  }
  return findings
}

function checkOrdinals(logged: readonly LoggedRedemption[]): Finding[] {
  const ordinals = logged.map(({ ordinal }) => ordinal ?? 0).sort((a, b) => a - b)
  const firstWrong = ordinals.findIndex((ordinal, index) => ordinal !== index + 1)
  return firstWrong === -1
    ? []
    : [
        [
          'ordinals are 1, 2, 3 … without gap or repeat',
          `${ordinals[firstWrong]} where ${firstWrong + 1} belongs`,
        ],
      ]
}

function checkUsers({ userLimit }: PlannedCoupon, logged: readonly LoggedRedemption[]): Finding[] {
  const byUser = Map.groupBy(logged, ({ user }) => user)
  return [...byUser].flatMap(([user, rows]): Finding[] =>
    rows.length > userLimit
      ? [[USER_LIMIT, `${user} did ${rows.length} times, allowed: ${userLimit}`]]
      : [],
  )
}

function checkCount(
  { limit, expectedGrants }: PlannedCoupon,
  told: readonly HistoryEntry[],
  logged: readonly LoggedRedemption[],
  used: number | undefined,
): Finding[] {
  const findings: Finding[] = []
  const grants = told.filter(isGranted).length
  if (grants > limit || logged.length > limit) {
    findings.push([
      'never more redemptions than the limit',
      `oversold: ${grants} granted, ${logged.length} logged, limit ${limit}`,
    ])
  }
  if (expectedGrants !== null && grants < expectedGrants) {
    findings.push([
      'nobody is refused while a unit is free',
      `undersold: ${grants} of ${expectedGrants}`,
    ])
  }
  if (used !== logged.length) {
    findings.push(['the counter agrees with the log', `${used} counted, ${logged.length} logged`])
  }
  return findings
}

function checkRejections(told: readonly HistoryEntry[]): Finding[] {
  return told.flatMap(({ key, outcome }): Finding[] =>
    outcome.kind === 'rejected' && !ALLOWED_REJECTIONS.has(outcome.reason)
      ? [['a valid coupon is refused only when used up', `${key} got ${outcome.reason}`]]
      : [],
  )
}

/** Where an outcome is not known nothing is proven about the others: it is a difference by itself. */
function checkOrder(coupon: PlannedCoupon, told: readonly HistoryEntry[]): Finding[] {
  const isKnown = told.every(({ outcome: { kind } }) => kind === 'granted' || kind === 'rejected')
  const finding = isKnown ? checkCounter(coupon, told) : undefined
  return finding === undefined ? [] : [finding]
}

export function isGranted(entry: HistoryEntry): entry is GrantedEntry {
  return entry.outcome.kind === 'granted'
}
