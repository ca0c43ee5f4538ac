import { countUnits } from './coupon-limits.ts'
import type { CouponRule } from './coupon-rule.ts'
import { type CouponState, countOfUser, type Unit } from './coupon-state.ts'
import type { GrantedTake, TakeRejectionReason } from './operation.ts'
import { type CouponPlacement, change, refuse, UNCHANGED } from './placement.ts'

export function placeGrant(
  state: CouponState,
  take: GrantedTake,
  userLimit: number,
): CouponPlacement {
  const { userId } = take
  const { id, ordinal } = take.result
  const { generation } = state
  const unit: Unit =
    take.kind === 'redeem'
      ? { status: 'used', userId, generation }
      : { status: 'held', userId, generation, expiresAt: take.result.expiresAt }
  if (!state.exists) return refuse('NO_SUCH_COUPON')
  if (!hasFreeUnit(state)) return refuse('OVERSELL')
  if (hasAllOfHis(state, userId, userLimit)) return refuse('USER_OVER_LIMIT')
  if (state.units.has(id)) return refuse('ID_GRANTED_TWICE')
  if (ordinal !== null && ordinal !== state.granted + 1) return refuse('ORDINAL_NOT_NEXT')
  return change(state, id, unit)
}

/** Of a take or of a question whether one would be granted. */
export function placeRejection(
  state: CouponState,
  userId: string | null,
  reason: TakeRejectionReason,
  userLimit: number,
): CouponPlacement {
  const rule = findFalsehood(state, userId, reason, userLimit)
  return rule === undefined ? UNCHANGED : refuse(rule)
}

export function placeUsable(
  state: CouponState,
  userId: string | null,
  userLimit: number,
): CouponPlacement {
  if (!state.exists) return refuse('NO_SUCH_COUPON')
  return hasFreeUnit(state) && !hasAllOfHis(state, userId, userLimit)
    ? UNCHANGED
    : refuse('USABLE_WITHOUT_UNIT')
}

export function hasFreeUnit({ used, held, useLimit }: CouponState): boolean {
  return used + held < countUnits({ useLimit })
}

export function hasAllOfHis(state: CouponState, userId: string | null, userLimit: number): boolean {
  return userId !== null && countOfUser(state, userId) >= userLimit
}

function findFalsehood(
  state: CouponState,
  userId: string | null,
  reason: TakeRejectionReason,
  userLimit: number,
): CouponRule | undefined {
  if (reason === 'NOT_FOUND') return state.exists ? 'FALSE_NOT_FOUND' : undefined
  if (!state.exists) return 'NO_SUCH_COUPON'
  switch (reason) {
    case 'EXHAUSTED':
      if (hasFreeUnit(state)) return 'REJECTED_WITH_UNIT_LEFT'
      return state.held > 0 ? 'EXHAUSTED_WHILE_HELD' : undefined
    case 'ALL_HELD':
      if (hasFreeUnit(state)) return 'REJECTED_WITH_UNIT_LEFT'
      return state.held > 0 ? undefined : 'ALL_HELD_WITHOUT_HOLD'
    case 'ALREADY_REDEEMED_BY_USER':
      return hasAllOfHis(state, userId, userLimit) ? undefined : 'USER_REJECTED_WITH_USE_LEFT'
    default:
      throw new TypeError(`no such reason: ${reason satisfies never}`)
  }
}
