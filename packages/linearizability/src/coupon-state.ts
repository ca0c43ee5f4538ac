import { PersistentMap } from './persistent-map.ts'

/** A coupon after some operations, one after the other. */
export interface CouponState {
  readonly exists: boolean
  readonly useLimit: number
  /** How many coupons with this code were deleted or created before. */
  readonly generation: number
  /** Units ever granted of this coupon; the next ordinal is one more. */
  readonly granted: number
  readonly used: number
  readonly held: number
  /** Every unit ever granted under this code, by its id. */
  readonly units: PersistentMap<Unit>
  /** Units of this coupon that are used or held, by user. */
  readonly unitsOfUser: PersistentMap<number>
  /** Holds that may end by themselves, with the moment from which on. Few: most cannot before the history ends. */
  readonly mayExpire: ReadonlyMap<string, number>
  /** Units whose hold has ended by itself, and that were not confirmed late. */
  readonly expired: ReadonlySet<string>
  /** Limits that the coupon was given in its life; most have their first one. */
  readonly limitChanges: number
}

interface UnitOf {
  readonly userId: string | null
  readonly generation: number
}

export type Unit =
  | (UnitOf & { readonly status: 'held'; readonly expiresAt: number })
  | (UnitOf & { readonly status: 'used' | GivenBack })

/** Ways in which a unit came back. */
export type GivenBack = 'released' | 'expired' | 'rolled-back'

/** A coupon of which nothing was taken. */
export function untouchedCoupon(useLimit: number, exists: boolean): CouponState {
  return {
    exists,
    useLimit,
    generation: 0,
    granted: 0,
    used: 0,
    held: 0,
    units: PersistentMap.EMPTY,
    unitsOfUser: PersistentMap.EMPTY,
    mayExpire: new Map(),
    expired: new Set(),
    limitChanges: 0,
  }
}

/** The state in which this id has become this unit. The counts follow from it. */
export function withUnit(state: CouponState, id: string, unit: Unit): CouponState {
  const { granted, used, held, units, unitsOfUser, mayExpire, expired } = state
  const before = units.get(id)
  const change = occupies(unit) - occupies(before)
  // What becomes of the units of a deleted coupon is nothing to the one that has its code now.
  const isOfThis = unit.generation === state.generation
  return {
    ...state,
    granted: granted + (isOfThis && before === undefined ? 1 : 0),
    used: isOfThis ? used + is(unit, 'used') - is(before, 'used') : used,
    held: isOfThis ? held + is(unit, 'held') - is(before, 'held') : held,
    units: units.with(id, unit),
    unitsOfUser:
      !isOfThis || unit.userId === null || change === 0
        ? unitsOfUser
        : unitsOfUser.with(unit.userId, countOfUser(state, unit.userId) + change),
    mayExpire: updateMayExpire(mayExpire, id, unit),
    expired: updateExpired(expired, id, unit),
  }
}

/** The state in which another coupon has the code, or none. */
export function withCoupon(
  state: CouponState,
  { exists, useLimit }: Pick<CouponState, 'exists' | 'useLimit'>,
): CouponState {
  return {
    ...untouchedCoupon(useLimit, exists),
    generation: state.generation + 1,
    units: state.units,
    mayExpire: state.mayExpire,
    expired: state.expired,
  }
}

/** Units that this user has, used or held. */
export function countOfUser({ unitsOfUser }: CouponState, userId: string): number {
  return unitsOfUser.get(userId) ?? 0
}

function updateMayExpire(
  mayExpire: CouponState['mayExpire'],
  id: string,
  unit: Unit,
): CouponState['mayExpire'] {
  const expiresAt = unit.status === 'held' ? unit.expiresAt : Number.POSITIVE_INFINITY
  if (!Number.isFinite(expiresAt) && !mayExpire.has(id)) return mayExpire
  const next = new Map(mayExpire)
  if (Number.isFinite(expiresAt)) next.set(id, expiresAt)
  else next.delete(id)
  return next
}

function updateExpired(
  expired: CouponState['expired'],
  id: string,
  { status }: Unit,
): CouponState['expired'] {
  if ((status === 'expired') === expired.has(id)) return expired
  const next = new Set(expired)
  if (status === 'expired') next.add(id)
  else next.delete(id)
  return next
}

function occupies(unit: Unit | undefined): number {
  return is(unit, 'used') + is(unit, 'held')
}

function is(unit: Unit | undefined, status: Unit['status']): number {
  return unit?.status === status ? 1 : 0
}
