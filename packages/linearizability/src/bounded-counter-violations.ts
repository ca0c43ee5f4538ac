import { type CouponLimits, countUnits } from './coupon-limits.ts'
import type { GrantedTake } from './operation.ts'
import { type CounterOperation, ordinalOf, type TakesByResult } from './takes-by-result.ts'

/** What is wrong, and the fewest operations that show it. */
export interface BoundedCounterViolation {
  readonly rule: BoundedCounterRule
  readonly operations: readonly CounterOperation[]
}

export type BoundedCounterRule =
  /** A result is unknown: nothing is proven. */
  | 'UNKNOWN_RESULT'
  /** More grants than units, or a grant whose ordinal is above the limit. */
  | 'OVERSELL'
  /** More grants to one user than he may have. */
  | 'USER_OVER_LIMIT'
  | 'ID_GRANTED_TWICE'
  | 'ORDINAL_TWICE'
  /** The grant has no predecessor. */
  | 'ORDINAL_GAP'
  /** The first grant was called after the second had returned, and has the lower ordinal. */
  | 'ORDINAL_OUT_OF_ORDER'
  /** A rejection for want of units, and a unit was never taken: it was free for the whole request. */
  | 'REJECTED_WITH_UNIT_LEFT'
  /** A rejection for want of units that had returned before the last grant was called. */
  | 'REJECTED_BEFORE_LAST_GRANT'
  /** EXHAUSTED, and a unit was only held. */
  | 'EXHAUSTED_WHILE_HELD'
  /** ALL_HELD, and every unit is redeemed. */
  | 'ALL_HELD_WITHOUT_HOLD'
  /** ALREADY_REDEEMED_BY_USER, and the user never got all of his units. */
  | 'USER_REJECTED_WITH_USE_LEFT'
  /** ALREADY_REDEEMED_BY_USER that had returned before the user's last grant can have taken effect. */
  | 'USER_REJECTED_BEFORE_LAST_GRANT'
  /** Not found, and it was there. */
  | 'FALSE_NOT_FOUND'
  /** Somebody asked after a grant had returned that left nothing, and was told that a unit is free. */
  | 'USABLE_AFTER_LAST_GRANT'
  /** Somebody asked after somebody had been rejected, and was told that a unit is free. */
  | 'USABLE_AFTER_REJECTION'

/** The worst violation there is, or undefined. */
export function findViolation(
  takes: TakesByResult,
  limits: CouponLimits,
): BoundedCounterViolation | undefined {
  for (const find of VIOLATIONS) {
    const violation = find(takes, limits)
    if (violation !== undefined) return violation
  }
  return undefined
}

type FindViolation = typeof findViolation

/** The worst first. Each finds its own fault in a history that is free of those before it. */
const VIOLATIONS: readonly FindViolation[] = [
  findUnknownResult,
  findOversell,
  findUserOverLimit,
  findIdGrantedTwice,
  findWrongOrdinal,
  findOrdinalOutOfOrder,
  findWrongRejection,
  findWrongRejectionOfUser,
  findFalseNotFound,
]

function findUnknownResult({ unknown }: TakesByResult): BoundedCounterViolation | undefined {
  return unknown && { rule: 'UNKNOWN_RESULT', operations: [unknown] }
}

function findOversell(
  { grants, haveOrdinals }: TakesByResult,
  limits: CouponLimits,
): BoundedCounterViolation | undefined {
  const units = countUnits(limits)
  const highest = grants.at(-1)
  if (haveOrdinals && highest !== undefined && ordinalOf(highest) > units) {
    return { rule: 'OVERSELL', operations: [highest] }
  }
  if (grants.length <= units) return undefined
  return { rule: 'OVERSELL', operations: grants.slice(0, units + 1) }
}

function findUserOverLimit(
  { grants }: TakesByResult,
  { userLimit }: CouponLimits,
): BoundedCounterViolation | undefined {
  const counts = new Map<string, number>()
  for (const { userId } of grants) {
    if (userId === null) continue
    const count = (counts.get(userId) ?? 0) + 1
    counts.set(userId, count)
    if (count > userLimit) {
      const ofUser = grants.filter((grant) => grant.userId === userId)
      return { rule: 'USER_OVER_LIMIT', operations: ofUser.slice(0, count) }
    }
  }
  return undefined
}

function findIdGrantedTwice({ grants }: TakesByResult): BoundedCounterViolation | undefined {
  const seen = new Set<string>()
  for (const grant of grants) {
    const { id } = grant.result
    if (seen.has(id)) {
      const both = grants.filter(({ result }) => result.id === id)
      return { rule: 'ID_GRANTED_TWICE', operations: both.slice(0, 2) }
    }
    seen.add(id)
  }
  return undefined
}

function findWrongOrdinal({
  grants,
  haveOrdinals,
}: TakesByResult): BoundedCounterViolation | undefined {
  if (!haveOrdinals) return undefined
  for (const [index, grant] of grants.entries()) {
    if (ordinalOf(grant) === index + 1) continue
    // All before it are 1 … index.
    return ordinalOf(grant) === index
      ? { rule: 'ORDINAL_TWICE', operations: [grants[index - 1] as GrantedTake, grant] }
      : { rule: 'ORDINAL_GAP', operations: [grant] }
  }
  return undefined
}

function findOrdinalOutOfOrder(
  takes: TakesByResult,
  limits: CouponLimits,
): BoundedCounterViolation | undefined {
  if (!takes.haveOrdinals) return undefined
  for (const [grant, notBefore] of placeEarliest(takes, limits)) {
    if (notBefore.calledAt > grant.returnedAt) {
      const rule =
        notBefore.kind === 'validate' ? 'USABLE_AFTER_LAST_GRANT' : 'ORDINAL_OUT_OF_ORDER'
      return { rule, operations: [notBefore, grant] }
    }
  }
  return undefined
}

function findWrongRejection(
  takes: TakesByResult,
  limits: CouponLimits,
): BoundedCounterViolation | undefined {
  const { grants, firstExhausted, firstAllHeld } = takes
  const first = [firstExhausted, firstAllHeld]
    .filter((take) => take !== undefined)
    .sort((a, b) => a.returnedAt - b.returnedAt)[0]
  if (first === undefined) return undefined
  if (grants.length < countUnits(limits)) {
    return { rule: 'REJECTED_WITH_UNIT_LEFT', operations: [first] }
  }
  // All units are granted, so a reason is right of all such rejections or wrong of all.
  const hold = grants.find(({ kind }) => kind === 'reserve')
  if (firstExhausted !== undefined && hold !== undefined) {
    return { rule: 'EXHAUSTED_WHILE_HELD', operations: [firstExhausted, hold] }
  }
  if (firstAllHeld !== undefined && hold === undefined) {
    return { rule: 'ALL_HELD_WITHOUT_HOLD', operations: [firstAllHeld] }
  }
  let last: CounterOperation = grants[0] as GrantedTake
  for (const [, notBefore] of placeEarliest(takes, limits)) {
    if (notBefore.calledAt > last.calledAt) last = notBefore
  }
  if (first.returnedAt >= last.calledAt) return undefined
  const rule = last.kind === 'validate' ? 'USABLE_AFTER_REJECTION' : 'REJECTED_BEFORE_LAST_GRANT'
  return { rule, operations: [first, last] }
}

function findWrongRejectionOfUser(
  takes: TakesByResult,
  limits: CouponLimits,
): BoundedCounterViolation | undefined {
  const { userRejections } = takes
  const { userLimit } = limits
  if (userRejections.length === 0) return undefined
  const counts = new Map<string | null, number>(userRejections.map(({ userId }) => [userId, 0]))
  const lasts = new Map<string | null, PlacedGrant>()
  for (const placed of placeEarliest(takes, limits)) {
    const [{ userId }, notBefore] = placed
    const count = counts.get(userId)
    if (count === undefined) continue
    counts.set(userId, count + 1)
    const last = lasts.get(userId)
    if (last === undefined || notBefore.calledAt > last[1].calledAt) lasts.set(userId, placed)
  }

  for (const rejection of userRejections) {
    const { userId } = rejection
    const last = lasts.get(userId)
    if (userId === null || last === undefined || (counts.get(userId) ?? 0) < userLimit) {
      return { rule: 'USER_REJECTED_WITH_USE_LEFT', operations: [rejection] }
    }
    const [grant, notBefore] = last
    if (notBefore.calledAt > rejection.returnedAt) {
      return {
        rule: 'USER_REJECTED_BEFORE_LAST_GRANT',
        operations: [...new Set([rejection, notBefore, grant])],
      }
    }
  }
  return undefined
}

function findFalseNotFound({ firstNotFound }: TakesByResult): BoundedCounterViolation | undefined {
  return firstNotFound && { rule: 'FALSE_NOT_FOUND', operations: [firstNotFound] }
}

/** A grant, and the operation whose call is the earliest moment at which it can have taken effect. */
type PlacedGrant = readonly [grant: GrantedTake, notBefore: CounterOperation]

/** Who was told that a unit is free asked before the grant that left none, to anybody or to him. */
function* placeEarliest(
  { grants, haveOrdinals, lastUsable, lastUsableOfUser }: TakesByResult,
  limits: CouponLimits,
): Generator<PlacedGrant> {
  const units = countUnits(limits)
  const counts = new Map<string, number>()
  let latest: CounterOperation | undefined
  for (const [index, grant] of grants.entries()) {
    const { userId } = grant
    if (!haveOrdinals || latest === undefined || grant.calledAt > latest.calledAt) latest = grant
    if (index + 1 === units && lastUsable !== undefined && lastUsable.calledAt > latest.calledAt) {
      latest = lastUsable
    }
    const usable = userId === null ? undefined : lastUsableOfUser.get(userId)
    if (userId !== null && usable !== undefined) {
      const count = (counts.get(userId) ?? 0) + 1
      counts.set(userId, count)
      if (count === limits.userLimit && usable.calledAt > latest.calledAt) latest = usable
    }
    yield [grant, latest]
  }
}
