import type { CouponLimits } from './coupon-limits.ts'
import { countUnits } from './coupon-limits.ts'
import type { CouponRule } from './coupon-rule.ts'
import { type GrantedTake, isGranted, isTake, type Operation } from './operation.ts'
import { StepFunction } from './step-function.ts'
import { readUnitLives, type UnitLife } from './unit-life.ts'
import { findWrongSettlement } from './wrong-settlement.ts'

/** What is wrong with the history of a coupon, and few operations that show it. */
export interface CouponViolation {
  readonly rule: CouponRule
  readonly operations: readonly Operation[]
  /** Units, besides those of the operations, that are taken all the while. */
  readonly takenBesides: number
}

/**
 * What is certainly wrong, by what can and what must have been at each moment: counts over stretches of time instead
 * of a search, O(n log n). Whatever it finds is wrong in every order; what it does not find may be wrong all the same,
 * which only the search says. So it finds what is wrong in large histories too, and shows it by few operations.
 *
 * @param history of one coupon that is there all the time and keeps its limit, with known results
 */
export function findCertainViolation(
  history: readonly Operation[],
  limits: CouponLimits,
): CouponViolation | undefined {
  const lives = readUnitLives(history)
  return (
    findIdGrantedTwice(history) ??
    findWrongSettlement(lives, history) ??
    findOversell(lives, countUnits(limits)) ??
    findUserOverLimit(lives, limits.userLimit) ??
    findWrongOrdinal(history) ??
    findWrongRejection(history, lives, countUnits(limits)) ??
    findWrongHold(history, lives) ??
    findWrongRejectionOfUser(history, lives, limits.userLimit)
  )
}

function findIdGrantedTwice(history: readonly Operation[]): CouponViolation | undefined {
  const seen = new Map<string, Operation>()
  for (const grant of history.filter(isGranted)) {
    const first = seen.get(grant.result.id)
    if (first !== undefined) return violation('ID_GRANTED_TWICE', [first, grant])
    seen.set(grant.result.id, grant)
  }
  return undefined
}

function findOversell(lives: readonly UnitLife[], units: number): CouponViolation | undefined {
  const tooMany = findCrowd(lives, units)
  if (tooMany === undefined) return undefined
  const newest = tooMany.slice(-2).map(({ grant }) => grant)
  return { rule: 'OVERSELL', operations: newest, takenBesides: tooMany.length - newest.length }
}

function findUserOverLimit(
  lives: readonly UnitLife[],
  userLimit: number,
): CouponViolation | undefined {
  for (const [userId, ofUser] of Map.groupBy(lives, (life) => life.userId)) {
    if (userId === null || ofUser.length <= userLimit) continue
    const tooMany = findCrowd(ofUser, userLimit)
    if (tooMany === undefined) continue
    return violation(
      'USER_OVER_LIMIT',
      tooMany.map(({ grant }) => grant),
    )
  }
  return undefined
}

/** The first units that are taken at one moment for certain, one more than there may be, in the order of their grants. */
function findCrowd(lives: readonly UnitLife[], most: number): readonly UnitLife[] | undefined {
  const lasting = lives.filter(({ certain }) => certain.to > certain.from)
  if (lasting.length <= most) return undefined
  const byStart = lasting.toSorted((a, b) => a.certain.from - b.certain.from)
  const byEnd = lasting.toSorted((a, b) => a.certain.to - b.certain.to)
  let ended = 0
  for (const [index, { certain }] of byStart.entries()) {
    while ((byEnd[ended]?.certain.to ?? Infinity) <= certain.from) ended += 1
    if (index + 1 - ended <= most) continue
    return byStart.slice(0, index + 1).filter(({ certain: { to } }) => to > certain.from)
  }
  return undefined
}

function findWrongOrdinal(history: readonly Operation[]): CouponViolation | undefined {
  const grants = history.filter(isGranted)
  if (grants.some(({ result }) => result.ordinal === null)) return undefined
  const inOrder = grants.toSorted((a, b) => ordinal(a) - ordinal(b))
  let latest: GrantedTake | undefined
  for (const [index, grant] of inOrder.entries()) {
    const before = inOrder[index - 1]
    if (ordinal(grant) !== index + 1) {
      return violation('ORDINAL_NOT_NEXT', before === undefined ? [grant] : [before, grant])
    }
    if (latest !== undefined && latest.calledAt > grant.returnedAt) {
      return violation('ORDINAL_NOT_NEXT', [latest, grant])
    }
    if (latest === undefined || grant.calledAt > latest.calledAt) latest = grant
  }
  return undefined
}

function ordinal({ result }: GrantedTake): number {
  return result.ordinal as number
}

function findWrongRejection(
  history: readonly Operation[],
  lives: readonly UnitLife[],
  units: number,
): CouponViolation | undefined {
  const possible = StepFunction.ofClosed(lives.map((life) => life.possible))
  const certain = StepFunction.ofOpen(lives.map((life) => life.certain))
  for (const operation of history) {
    const reason = reasonOf(operation)
    if (reason === 'NOT_FOUND') return violation('FALSE_NOT_FOUND', [operation])
    if (reason === 'EXHAUSTED' || reason === 'ALL_HELD') {
      const most = possible.most(rangeOf(operation))
      if (most < units) {
        const next = firstGrantAfter(lives, operation.returnedAt)
        return {
          rule: 'REJECTED_WITH_UNIT_LEFT',
          operations: next === undefined ? [operation] : [operation, next],
          takenBesides: most,
        }
      }
    }
    if (operation.kind === 'validate' && operation.result.outcome === 'usable') {
      const fewest = certain.fewest(rangeOf(operation))
      if (fewest >= units) {
        return { rule: 'USABLE_WITHOUT_UNIT', operations: [operation], takenBesides: fewest }
      }
    }
  }
  return undefined
}

function firstGrantAfter(lives: readonly UnitLife[], moment: number): GrantedTake | undefined {
  let first: GrantedTake | undefined
  for (const { grant } of lives) {
    if (grant.calledAt > moment && (first === undefined || grant.calledAt < first.calledAt)) {
      first = grant
    }
  }
  return first
}

function findWrongHold(
  history: readonly Operation[],
  lives: readonly UnitLife[],
): CouponViolation | undefined {
  const possible = StepFunction.ofClosed(lives.flatMap(({ possiblyHeld }) => possiblyHeld ?? []))
  const certain = StepFunction.ofOpen(lives.flatMap(({ certainlyHeld }) => certainlyHeld ?? []))
  for (const operation of history) {
    const reason = reasonOf(operation)
    if (reason === 'ALL_HELD' && possible.most(rangeOf(operation)) === 0) {
      return violation('ALL_HELD_WITHOUT_HOLD', [operation])
    }
    if (reason === 'EXHAUSTED' && certain.fewest(rangeOf(operation)) > 0) {
      // All the time, if not by one then by one after the other.
      const holds = lives.filter(
        ({ certainlyHeld: held }) =>
          held !== undefined && held.from < operation.returnedAt && held.to > operation.calledAt,
      )
      const grants = holds.slice(0, 2).map(({ grant }) => grant)
      return violation('EXHAUSTED_WHILE_HELD', [operation, ...grants])
    }
  }
  return undefined
}

function findWrongRejectionOfUser(
  history: readonly Operation[],
  lives: readonly UnitLife[],
  userLimit: number,
): CouponViolation | undefined {
  const ofUsers = Map.groupBy(lives, ({ userId }) => userId)
  const possibleOf = new Map<string | null, StepFunction>()
  for (const operation of history) {
    if (reasonOf(operation) !== 'ALREADY_REDEEMED_BY_USER') continue
    if (!('userId' in operation)) continue
    const { userId } = operation
    const ofUser = userId === null ? [] : (ofUsers.get(userId) ?? [])
    let possible = possibleOf.get(userId)
    if (possible === undefined) {
      possible = StepFunction.ofClosed(ofUser.map((life) => life.possible))
      possibleOf.set(userId, possible)
    }
    if (possible.most(rangeOf(operation)) < userLimit) {
      const grants = ofUser.slice(0, userLimit).map(({ grant }) => grant)
      return violation('USER_REJECTED_WITH_USE_LEFT', [operation, ...grants])
    }
  }
  return undefined
}

function reasonOf(operation: Operation): string | undefined {
  if (!(isTake(operation) || operation.kind === 'validate')) return undefined
  return operation.result.outcome === 'rejected' ? operation.result.reason : undefined
}

function rangeOf({ calledAt, returnedAt }: Operation) {
  return { from: calledAt, to: returnedAt }
}

function violation(rule: CouponRule, operations: readonly Operation[]): CouponViolation {
  return { rule, operations, takenBesides: 0 }
}
