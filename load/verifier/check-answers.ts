import type { HistoryEntry, Operation, PlannedCoupon } from '../plan.ts'
import type { Finding } from './difference.ts'
import { describeCall, showCall } from './show-call.ts'

/** Rule of every answer that is still missing when all was asked again. */
export const KNOWN_IN_THE_END = 'every outcome is known in the end'
const OF_THE_CONTRACT = 'every answer is one of the contract'
const FOR_A_REASON = 'a valid coupon is refused only when used up'
const PASSWORD = 'nobody redeems without the on-site password'
const RIGHT_PASSWORD = 'who types the on-site password is not told that it is wrong'
export const NAMED = 'who takes a unit of a coupon limited to 2 or more is named'

/** Refusals that are about units, for which the order of all calls is judged. */
const ABOUT_UNITS = ['EXHAUSTED', 'ALL_HELD', 'ALREADY_REDEEMED_BY_USER', 'NOT_FOUND']

const REFUSALS: Readonly<Record<Operation, readonly string[]>> = {
  validate: [],
  redeem: ABOUT_UNITS,
  reserve: ABOUT_UNITS,
  confirm: ['RESERVATION_NOT_FOUND', 'RESERVATION_EXPIRED'],
  release: ['RESERVATION_NOT_FOUND', 'RESERVATION_EXPIRED'],
  rollback: ['REDEMPTION_NOT_FOUND', 'ALREADY_ROLLED_BACK'],
  create: ['CODE_TAKEN'],
  'raise-limit': ['NOT_FOUND', 'COUPON_LOCKED'],
  delete: ['NOT_FOUND'],
  list: [],
  export: [],
}

/** What is wrong with answers by themselves, whatever others were told. */
export function checkAnswers(
  coupon: PlannedCoupon | undefined,
  told: readonly HistoryEntry[],
): Finding[] {
  const startsAt = told[0]?.calledAt ?? 0
  return told.flatMap((entry): Finding[] => {
    const rule = findWrongAnswer(coupon, entry)
    if (rule === undefined) return []
    const call = showCall(entry)
    return [{ rule, found: describeCall(call, startsAt), calls: [call] }]
  })
}

function findWrongAnswer(
  coupon: PlannedCoupon | undefined,
  entry: HistoryEntry,
): string | undefined {
  const { outcome, operation } = entry
  switch (outcome.kind) {
    case 'unsettled':
      return entry.key === null ? undefined : KNOWN_IN_THE_END
    case 'unexpected':
      return OF_THE_CONTRACT
    case 'granted':
      return findWrongGrant(coupon, entry)
    case 'rejected':
      return REFUSALS[operation].includes(outcome.reason)
        ? undefined
        : findWrongRefusal(coupon, entry, outcome.reason)
    case 'validated':
      return outcome.valid || ABOUT_UNITS.includes(outcome.reason ?? '') ? undefined : FOR_A_REASON
    case 'done':
    case 'listed':
      return undefined
    default:
      throw new TypeError(`no such outcome: ${JSON.stringify(outcome satisfies never)}`)
  }
}

/** Of a coupon of its own history nothing is planned: then only what needs no plan is demanded. */
function findWrongGrant(
  coupon: PlannedCoupon | undefined,
  { user, password }: HistoryEntry,
): string | undefined {
  if (coupon === undefined) return undefined
  const { onsitePassword, limit } = coupon
  if (onsitePassword !== null && password !== onsitePassword) return PASSWORD
  return user === null && limit >= 2 ? NAMED : undefined
}

function findWrongRefusal(
  coupon: PlannedCoupon | undefined,
  { user, password }: HistoryEntry,
  reason: string,
): string | undefined {
  const wanted = coupon?.onsitePassword ?? null
  switch (reason) {
    case 'TOO_MANY_ATTEMPTS':
      return wanted !== null || coupon === undefined ? undefined : FOR_A_REASON
    case 'ONSITE_PASSWORD_REQUIRED':
      return wanted !== null && password === undefined ? undefined : RIGHT_PASSWORD
    case 'ONSITE_PASSWORD_WRONG':
      return wanted !== null && password !== undefined && password !== wanted
        ? undefined
        : RIGHT_PASSWORD
    case 'USER_ID_REQUIRED':
      return user === null && (coupon?.limit ?? 0) >= 2 ? undefined : FOR_A_REASON
    default:
      return FOR_A_REASON
  }
}
