import type { CouponModelOptions } from './coupon-model.ts'
import type { CouponState, Unit } from './coupon-state.ts'
import type { Confirm, Release, Rollback } from './operation.ts'
import { hasAllOfHis, hasFreeUnit } from './place-take.ts'
import { type CouponPlacement, change, refuse, UNCHANGED } from './placement.ts'

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

export function placeConfirm(
  state: CouponState,
  confirm: Confirm,
  options: CouponModelOptions,
): CouponPlacement {
  const unit = state.units.get(confirm.id)
  const mayBeLate = options.lateConfirm !== 'refused'
  const { outcome } = confirm.result
  if (outcome === 'expired' && unit?.status === 'expired' && mayBeLate) {
    return isStillOnSale(state, unit) &&
      hasFreeUnit(state) &&
      !hasAllOfHis(state, unit.userId, options.userLimit)
      ? refuse('FALSE_EXPIRED')
      : UNCHANGED
  }
  if (outcome !== 'done') return placeAnswer(unit, confirm)
  if (unit?.status === 'used') return UNCHANGED
  const isLate = unit?.status === 'expired' && mayBeLate
  if (unit?.status !== 'held' && !isLate) return refuse('CONFIRMED_WITHOUT_HOLD')
  if (isLate && !isStillOnSale(state, unit)) return refuse('NO_SUCH_COUPON')
  if (isLate && !hasFreeUnit(state)) return refuse('OVERSELL')
  if (isLate && hasAllOfHis(state, unit.userId, options.userLimit)) return refuse('USER_OVER_LIMIT')
  return move(state, confirm.id, unit, 'used')
}

export function placeRelease(state: CouponState, release: Release): CouponPlacement {
  const unit = state.units.get(release.id)
  if (release.result.outcome !== 'done') return placeAnswer(unit, release)
  if (unit?.status === 'released') return UNCHANGED
  if (unit?.status !== 'held') return refuse('RELEASED_WITHOUT_HOLD')
  return move(state, release.id, unit, 'released')
}

export function placeRollback(state: CouponState, rollback: Rollback): CouponPlacement {
  const unit = state.units.get(rollback.id)
  if (rollback.result.outcome !== 'done') return placeAnswer(unit, rollback)
  if (unit?.status === 'rolled-back') return refuse('ROLLED_BACK_TWICE')
  if (unit?.status !== 'used') return refuse('ROLLED_BACK_WITHOUT_REDEMPTION')
  return move(state, rollback.id, unit, 'rolled-back')
}

/** Whether the coupon that the unit was taken of is the one that has the code now. */
function isStillOnSale({ exists, generation }: CouponState, unit: Unit): boolean {
  return exists && unit.generation === generation
}

function move(
  state: CouponState,
  id: string,
  { userId, generation }: Unit,
  status: Exclude<Unit['status'], 'held'>,
): CouponPlacement {
  return change(state, id, { status, userId, generation })
}

function placeAnswer(
  unit: Unit | undefined,
  { kind, result }: Confirm | Release | Rollback,
): CouponPlacement {
  const answer = result.outcome as keyof typeof FALSE_ANSWERS
  const isTrue = TRUE_ANSWERS[kind][answer].some((status) => status === (unit?.status ?? 'unknown'))
  return isTrue ? UNCHANGED : refuse(FALSE_ANSWERS[answer])
}
