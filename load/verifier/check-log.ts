import type { HistoryEntry, PlannedCoupon } from '../plan.ts'
import type { LoggedCounter, LoggedRedemption } from './database-record.ts'
import type { Finding } from './difference.ts'
import { isGranted } from './granted.ts'
import { LOGGED_ORDINALS, LOGGED_USER_LIMIT, OVERSOLD } from './rules.ts'

const AS_TOLD = 'the log says what the caller was told'

/** Compares what callers were told about a coupon with its log. */
export function checkToldAndLogged(
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
      findings.push({ rule: 'what was granted is in the log', found: `the grant of ${key} is not` })
    } else if (
      row.redemptionId !== outcome.redemptionId ||
      row.ordinal !== outcome.ordinal ||
      row.user !== user
    ) {
      findings.push({
        rule: AS_TOLD,
        found: `${key}: told ${outcome.redemptionId} #${outcome.ordinal} for ${user}, logged ${row.redemptionId} #${row.ordinal} for ${row.user}`,
      })
    }
  }
  for (const { key, redemptionId } of logged) {
    if (key === null || !(grants.has(key) || open.has(key))) {
      findings.push({
        rule: 'what is in the log was granted',
        found: `${redemptionId} (${key}) was not`,
      })
    }
  }
  if (rows.size !== logged.length) {
    findings.push({
      rule: 'one key has one effect',
      found: `${logged.length} rows for ${rows.size} keys`,
    })
  }
  return [...findings, ...checkEnds(told, logged)]
}

/** Whether each redemption has come to the end that its last step was told. */
function checkEnds(told: readonly HistoryEntry[], logged: readonly LoggedRedemption[]): Finding[] {
  const ends = readEnds(told)
  return logged.flatMap(({ redemptionId, status, key }): Finding[] => {
    const end = ends.get(redemptionId)
    if (end === undefined || end === 'unknown' || end === status) return []
    // A reservation ends by itself when its time is over.
    if (end === 'RESERVED' && status === 'EXPIRED') return []
    return [{ rule: AS_TOLD, found: `${key}: told ${end}, logged ${status}` }]
  })
}

function readEnds(told: readonly HistoryEntry[]) {
  const ends = new Map<string, LoggedRedemption['status'] | 'unknown'>()
  for (const { operation, outcome } of told.filter(isGranted)) {
    ends.set(outcome.redemptionId, operation === 'reserve' ? 'RESERVED' : 'REDEEMED')
  }
  const steps = { confirm: 'REDEEMED', release: 'RELEASED', rollback: 'ROLLED_BACK' } as const
  // A rollback may have been told before the confirmation it followed, but never came first.
  for (const operation of ['confirm', 'release', 'rollback'] as const) {
    for (const entry of told) {
      if (entry.operation !== operation || entry.redemptionId === undefined) continue
      if (entry.outcome.kind === 'done') ends.set(entry.redemptionId, steps[operation])
    }
  }
  for (const { redemptionId, outcome } of told) {
    if (redemptionId !== undefined && outcome.kind === 'unsettled')
      ends.set(redemptionId, 'unknown')
  }
  return ends
}

/** What must be true of the log of a coupon by itself, and of its counter. */
export function checkLog(
  coupon: PlannedCoupon | undefined,
  logged: readonly LoggedRedemption[],
  counters: readonly LoggedCounter[],
): Finding[] {
  const byCoupon = Map.groupBy(logged, ({ couponId }) => couponId)
  const userLimit = coupon?.userLimit ?? 1
  return [
    ...[...byCoupon.values()].flatMap((rows) => [
      ...checkOrdinals(rows),
      ...checkUsers(userLimit, rows.filter(isLive)),
    ]),
    ...counters.flatMap((counter) => checkCounter(counter, byCoupon.get(counter.couponId) ?? [])),
  ]
}

function checkOrdinals(rows: readonly LoggedRedemption[]): Finding[] {
  const ordinals = rows.flatMap(({ ordinal }) => ordinal ?? []).sort((a, b) => a - b)
  const firstWrong = ordinals.findIndex((ordinal, index) => ordinal !== index + 1)
  return firstWrong === -1
    ? []
    : [
        {
          rule: LOGGED_ORDINALS,
          found: `${ordinals[firstWrong]} where ${firstWrong + 1} belongs`,
        },
      ]
}

function checkUsers(userLimit: number, rows: readonly LoggedRedemption[]): Finding[] {
  return [...Map.groupBy(rows, ({ user }) => user)].flatMap(([user, ofUser]): Finding[] =>
    user !== null && ofUser.length > userLimit
      ? [
          {
            rule: LOGGED_USER_LIMIT,
            found: `${user} did ${ofUser.length} times, allowed: ${userLimit}`,
          },
        ]
      : [],
  )
}

function checkCounter(
  { limit, used, held }: LoggedCounter,
  rows: readonly LoggedRedemption[],
): Finding[] {
  if (limit === 0) return []
  const redeemed = rows.filter(({ status }) => status === 'REDEEMED').length
  const reserved = rows.filter(({ status }) => status === 'RESERVED').length
  const findings: Finding[] = []
  if (redeemed + reserved > limit) {
    findings.push({
      rule: OVERSOLD,
      found: `oversold: ${redeemed + reserved} logged, limit ${limit}`,
    })
  }
  if (used !== redeemed || held !== reserved) {
    findings.push({
      rule: 'the counter agrees with the log',
      found: `${used} counted and ${held} held, ${redeemed} logged and ${reserved} held`,
    })
  }
  return findings
}

function isLive({ status }: LoggedRedemption): boolean {
  return status === 'REDEEMED' || status === 'RESERVED'
}
