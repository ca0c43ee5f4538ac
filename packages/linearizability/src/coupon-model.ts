import { assertLimits, type CouponLimits, countUnits } from './coupon-limits.ts'
import {
  type CouponState,
  countOfUser,
  UNTOUCHED_COUPON,
  type Unit,
  withUnit,
} from './coupon-state.ts'
import {
  type Confirm,
  type GrantedTake,
  isGranted,
  type Operation,
  type Release,
  type Rollback,
  type Take,
  type TakeRejectionReason,
} from './operation.ts'
import type { Placement, SequentialModel } from './sequential-model.ts'

export interface CouponModelOptions extends CouponLimits {
  /**
   * What confirming a hold that has ended by itself does. By default it takes a unit as a new redemption would,
   * and is answered `expired` only where none is free or the user has all of his.
   */
  readonly lateConfirm?: 'takes-a-free-unit' | 'refused'
}

/** Why an operation has no place in a state. */
export type CouponRule =
  /** A unit was given where none is free. */
  | 'OVERSELL'
  /** A unit was given to a user who has all of his. */
  | 'USER_OVER_LIMIT'
  | 'ID_GRANTED_TWICE'
  /** The ordinal is not one more than the units ever granted. */
  | 'ORDINAL_NOT_NEXT'
  /** EXHAUSTED or ALL_HELD with a unit free. */
  | 'REJECTED_WITH_UNIT_LEFT'
  /** EXHAUSTED, where only ALL_HELD is true. */
  | 'EXHAUSTED_WHILE_HELD'
  /** ALL_HELD, where only EXHAUSTED is true. */
  | 'ALL_HELD_WITHOUT_HOLD'
  | 'USER_REJECTED_WITH_USE_LEFT'
  | 'CONFIRMED_WITHOUT_HOLD'
  | 'RELEASED_WITHOUT_HOLD'
  | 'ROLLED_BACK_WITHOUT_REDEMPTION'
  | 'ROLLED_BACK_TWICE'
  /** The answer `already` where it was not as asked. */
  | 'FALSE_ALREADY'
  /** The answer `expired` where the hold had not ended by itself, or a late confirm had its unit. */
  | 'FALSE_EXPIRED'
  /** The answer `not-found` where it was found. */
  | 'FALSE_NOT_FOUND'

/**
 * The coupon that all others are held against. Where several rejections are true of a take, each is right.
 *
 * A hold may end by itself at any moment from its `expiresAt` on, or stay: who records a history does not see
 * when. So a history in which a hold ends late is right, and one in which it ends early is wrong.
 *
 * @throws RangeError a limit is not in its range
 */
export function createCouponModel(
  options: CouponModelOptions,
): SequentialModel<CouponState, CouponRule> {
  assertLimits(options)
  return {
    initial: UNTOUCHED_COUPON,
    place: (state, operation) => placeOperation(state, operation, options),
    expiries,
    keyOf,
  }
}

type CouponPlacement = Placement<CouponState, CouponRule>

function placeOperation(
  state: CouponState,
  operation: Operation,
  options: CouponModelOptions,
): CouponPlacement {
  if (operation.result.outcome === 'unknown') {
    throw new TypeError(`an unknown result has no place: ${JSON.stringify(operation)}`)
  }
  switch (operation.kind) {
    case 'redeem':
    case 'reserve':
      return isGranted(operation)
        ? placeGrant(state, operation, options)
        : placeRejection(state, operation, options)
    case 'confirm':
      return placeConfirm(state, operation, options)
    case 'release':
      return placeRelease(state, operation)
    case 'rollback':
      return placeRollback(state, operation)
    default:
      throw new TypeError(`no such operation: ${JSON.stringify(operation satisfies never)}`)
  }
}

function placeGrant(state: CouponState, take: GrantedTake, limits: CouponLimits): CouponPlacement {
  const { userId } = take
  const { id, ordinal } = take.result
  const unit: Unit =
    take.kind === 'redeem'
      ? { status: 'used', userId }
      : { status: 'held', userId, expiresAt: take.result.expiresAt }
  if (!hasFreeUnit(state, limits)) return refuse('OVERSELL')
  if (hasAllOfHis(state, userId, limits)) return refuse('USER_OVER_LIMIT')
  if (state.units.has(id)) return refuse('ID_GRANTED_TWICE')
  if (ordinal !== null && ordinal !== state.granted + 1) return refuse('ORDINAL_NOT_NEXT')
  return change(state, id, unit)
}

function placeRejection(
  state: CouponState,
  { userId, result }: Take,
  limits: CouponLimits,
): CouponPlacement {
  const { reason } = result as { readonly reason: TakeRejectionReason }
  switch (reason) {
    case 'EXHAUSTED':
      if (hasFreeUnit(state, limits)) return refuse('REJECTED_WITH_UNIT_LEFT')
      return state.held > 0 ? refuse('EXHAUSTED_WHILE_HELD') : UNCHANGED
    case 'ALL_HELD':
      if (hasFreeUnit(state, limits)) return refuse('REJECTED_WITH_UNIT_LEFT')
      return state.held > 0 ? UNCHANGED : refuse('ALL_HELD_WITHOUT_HOLD')
    case 'ALREADY_REDEEMED_BY_USER':
      return hasAllOfHis(state, userId, limits) ? UNCHANGED : refuse('USER_REJECTED_WITH_USE_LEFT')
    default:
      throw new TypeError(`no such reason: ${reason satisfies never}`)
  }
}

/** The states of a unit in which these answers, which change nothing, are true. */
const TRUE_ANSWERS = {
  confirm: {
    already: ['used'],
    'not-found': ['unknown', 'released', 'rolled-back'],
    expired: ['expired'],
  },
  release: {
    already: ['released'],
    'not-found': ['unknown', 'used', 'rolled-back'],
    expired: ['expired'],
  },
  rollback: {
    already: ['rolled-back'],
    'not-found': ['unknown', 'held', 'released', 'expired'],
    expired: [],
  },
} as const satisfies Record<
  'confirm' | 'release' | 'rollback',
  Record<'already' | 'not-found' | 'expired', readonly (Unit['status'] | 'unknown')[]>
>

const FALSE_ANSWERS = {
  already: 'FALSE_ALREADY',
  'not-found': 'FALSE_NOT_FOUND',
  expired: 'FALSE_EXPIRED',
} as const

function placeConfirm(
  state: CouponState,
  confirm: Confirm,
  options: CouponModelOptions,
): CouponPlacement {
  const unit = state.units.get(confirm.id)
  const mayBeLate = options.lateConfirm !== 'refused'
  const { outcome } = confirm.result
  if (outcome === 'expired' && unit?.status === 'expired' && mayBeLate) {
    return hasFreeUnit(state, options) && !hasAllOfHis(state, unit.userId, options)
      ? refuse('FALSE_EXPIRED')
      : UNCHANGED
  }
  if (outcome !== 'done') return placeAnswer(unit, confirm)
  if (unit?.status === 'used') return UNCHANGED
  const isLate = unit?.status === 'expired' && mayBeLate
  if (unit?.status !== 'held' && !isLate) return refuse('CONFIRMED_WITHOUT_HOLD')
  if (isLate && !hasFreeUnit(state, options)) return refuse('OVERSELL')
  if (isLate && hasAllOfHis(state, unit.userId, options)) return refuse('USER_OVER_LIMIT')
  return change(state, confirm.id, { status: 'used', userId: unit.userId })
}

function placeRelease(state: CouponState, release: Release): CouponPlacement {
  const unit = state.units.get(release.id)
  if (release.result.outcome !== 'done') return placeAnswer(unit, release)
  if (unit?.status === 'released') return UNCHANGED
  if (unit?.status !== 'held') return refuse('RELEASED_WITHOUT_HOLD')
  return change(state, release.id, { status: 'released', userId: unit.userId })
}

function placeRollback(state: CouponState, rollback: Rollback): CouponPlacement {
  const unit = state.units.get(rollback.id)
  if (rollback.result.outcome !== 'done') return placeAnswer(unit, rollback)
  if (unit?.status === 'rolled-back') return refuse('ROLLED_BACK_TWICE')
  if (unit?.status !== 'used') return refuse('ROLLED_BACK_WITHOUT_REDEMPTION')
  return change(state, rollback.id, { status: 'rolled-back', userId: unit.userId })
}

function placeAnswer(
  unit: Unit | undefined,
  { kind, result }: Confirm | Release | Rollback,
): CouponPlacement {
  const answer = result.outcome as keyof typeof FALSE_ANSWERS
  const isTrue = TRUE_ANSWERS[kind][answer].some((status) => status === (unit?.status ?? 'unknown'))
  return isTrue ? UNCHANGED : refuse(FALSE_ANSWERS[answer])
}

function expiries(state: CouponState) {
  return [...state.units].flatMap(([id, unit]) =>
    unit.status === 'held' && Number.isFinite(unit.expiresAt)
      ? [
          {
            expiry: { kind: 'expire' as const, id, expiresAt: unit.expiresAt },
            next: () => withUnit(state, id, { status: 'expired', userId: unit.userId }),
          },
        ]
      : [],
  )
}

/**
 * Which operations have taken effect says of every unit what it is, in whatever order they did; only whether a
 * hold that nobody settled has ended by itself is not said by them.
 */
function keyOf({ units }: CouponState): string {
  const expired: string[] = []
  for (const [id, { status }] of units) if (status === 'expired') expired.push(JSON.stringify(id))
  return expired.sort().join()
}

function hasFreeUnit({ used, held }: CouponState, limits: CouponLimits): boolean {
  return used + held < countUnits(limits)
}

function hasAllOfHis(
  state: CouponState,
  userId: string | null,
  { userLimit }: CouponLimits,
): boolean {
  return userId !== null && countOfUser(state, userId) >= userLimit
}

const UNCHANGED = { kind: 'unchanged' } as const

function refuse(rule: CouponRule): CouponPlacement {
  return { kind: 'refused', rule }
}

function change(state: CouponState, id: string, unit: Unit): CouponPlacement {
  return { kind: 'changed', next: () => withUnit(state, id, unit) }
}
