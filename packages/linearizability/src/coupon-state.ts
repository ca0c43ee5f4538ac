/** A coupon after some operations, one after the other. */
export interface CouponState {
  /** Units ever granted; the next ordinal is one more. */
  readonly granted: number
  readonly used: number
  readonly held: number
  /** Every unit ever granted, by its id. */
  readonly units: ReadonlyMap<string, Unit>
  /** Units that are used or held, by user. */
  readonly unitsOfUser: ReadonlyMap<string, number>
}

export type Unit =
  | { readonly status: 'held'; readonly userId: string | null; readonly expiresAt: number }
  | { readonly status: 'used' | GivenBack; readonly userId: string | null }

/** Ways in which a unit came back. */
export type GivenBack = 'released' | 'expired' | 'rolled-back'

export const UNTOUCHED_COUPON: CouponState = {
  granted: 0,
  used: 0,
  held: 0,
  units: new Map(),
  unitsOfUser: new Map(),
}

/** The state in which this id has become this unit. The counts follow from it. */
export function withUnit(state: CouponState, id: string, unit: Unit): CouponState {
  const { granted, used, held, units, unitsOfUser } = state
  const before = units.get(id)
  const change = occupies(unit) - occupies(before)
  return {
    granted: granted + (before === undefined ? 1 : 0),
    used: used + is(unit, 'used') - is(before, 'used'),
    held: held + is(unit, 'held') - is(before, 'held'),
    units: new Map(units).set(id, unit),
    unitsOfUser:
      unit.userId === null || change === 0
        ? unitsOfUser
        : new Map(unitsOfUser).set(unit.userId, countOfUser(state, unit.userId) + change),
  }
}

/** Units that this user has, used or held. */
export function countOfUser({ unitsOfUser }: CouponState, userId: string): number {
  return unitsOfUser.get(userId) ?? 0
}

function occupies(unit: Unit | undefined): number {
  return is(unit, 'used') + is(unit, 'held')
}

function is(unit: Unit | undefined, status: Unit['status']): number {
  return unit?.status === status ? 1 : 0
}
