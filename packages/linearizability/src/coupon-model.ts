import { assertLimits, type CouponLimits } from './coupon-limits.ts'
import type { CouponRule } from './coupon-rule.ts'
import { type CouponState, untouchedCoupon, withUnit } from './coupon-state.ts'
import { isGranted, type Operation, type TakeRejectionReason } from './operation.ts'
import { placeManagement } from './place-management.ts'
import { placeConfirm, placeRelease, placeRollback } from './place-settlement.ts'
import { placeGrant, placeRejection, placeUsable } from './place-take.ts'
import type { CouponPlacement } from './placement.ts'
import type { SequentialModel } from './sequential-model.ts'

export interface CouponModelOptions extends CouponLimits {
  /** Whether the coupon is there before the history begins. Default true. */
  readonly existsAtFirst?: boolean
  /**
   * What confirming a hold that has ended by itself does. By default it takes a unit as a new redemption would,
   * and is answered `expired` only where none is free or the user has all of his.
   */
  readonly lateConfirm?: 'takes-a-free-unit' | 'refused'
}

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
    initial: untouchedCoupon(options.useLimit, options.existsAtFirst ?? true),
    place: (state, operation) => placeOperation(state, operation, options),
    expiries,
    keyOf,
    isDetermined,
  }
}

function placeOperation(
  state: CouponState,
  operation: Operation,
  options: CouponModelOptions,
): CouponPlacement {
  const { userLimit } = options
  if (operation.result.outcome === 'unknown') {
    throw new TypeError(`an unknown result has no place: ${JSON.stringify(operation)}`)
  }
  switch (operation.kind) {
    case 'redeem':
    case 'reserve':
      return isGranted(operation)
        ? placeGrant(state, operation, userLimit)
        : placeRejection(state, operation.userId, reasonOf(operation), userLimit)
    case 'validate':
      return operation.result.outcome === 'usable'
        ? placeUsable(state, operation.userId, userLimit)
        : placeRejection(state, operation.userId, reasonOf(operation), userLimit)
    case 'confirm':
      return placeConfirm(state, operation, options)
    case 'release':
      return placeRelease(state, operation)
    case 'rollback':
      return placeRollback(state, operation)
    case 'create':
    case 'delete':
    case 'change-limit':
      return placeManagement(state, operation)
    default:
      throw new TypeError(`no such operation: ${JSON.stringify(operation satisfies never)}`)
  }
}

function reasonOf({ result }: Operation): TakeRejectionReason {
  return (result as { readonly reason: TakeRejectionReason }).reason
}

function expiries(state: CouponState) {
  return [...state.mayExpire].map(([id, expiresAt]) => ({
    expiry: { kind: 'expire' as const, id, expiresAt },
    next: () => {
      const { userId = null, generation = 0 } = state.units.get(id) ?? {}
      return withUnit(state, id, { status: 'expired', userId, generation })
    },
  }))
}

/**
 * Which operations have taken effect says of every unit what it is, in whatever order they did; only whether a
 * hold that nobody settled has ended by itself is not said by them. Where the coupon itself was changed, neither is
 * its limit, nor which of the units are of this coupon.
 */
function keyOf(state: CouponState): string {
  const expired = state.expired.size === 0 ? '' : keyOfIds([...state.expired])
  if (state.generation === 0 && state.limitChanges === 0) return expired
  const { exists, useLimit, generation, granted } = state
  const live: string[] = []
  if (generation > 0) {
    for (const [id, unit] of state.units.entries()) {
      const isLive = unit.status === 'used' || unit.status === 'held'
      if (isLive && unit.generation === generation) live.push(id)
    }
  }
  return `${expired};${exists},${useLimit},${generation},${granted};${keyOfIds(live)}`
}

function keyOfIds(ids: string[]): string {
  return JSON.stringify(ids.sort())
}

function isDetermined({ generation, limitChanges, expired }: CouponState): boolean {
  return generation === 0 && limitChanges <= 1 && expired.size === 0
}
