import { type CouponState, withCoupon } from './coupon-state.ts'
import type { Management } from './operation.ts'
import { type CouponPlacement, refuse, UNCHANGED } from './placement.ts'

export function placeManagement(state: CouponState, operation: Management): CouponPlacement {
  switch (operation.kind) {
    case 'create': {
      const { useLimit, result } = operation
      if (result.outcome !== 'done') return state.exists ? UNCHANGED : refuse('FALSE_CODE_TAKEN')
      if (state.exists) return refuse('CREATED_TWICE')
      return { kind: 'changed', next: () => withCoupon(state, { exists: true, useLimit }) }
    }
    case 'delete':
      if (operation.result.outcome !== 'done') return placeNotFound(state)
      if (!state.exists) return refuse('NO_SUCH_COUPON')
      return {
        kind: 'changed',
        next: () => withCoupon(state, { exists: false, useLimit: state.useLimit }),
      }
    case 'change-limit': {
      const { useLimit, result } = operation
      if (result.outcome === 'not-found') return placeNotFound(state)
      if (!state.exists) return refuse('NO_SUCH_COUPON')
      if (result.outcome === 'locked') return state.granted > 0 ? UNCHANGED : refuse('FALSE_LOCKED')
      if (state.granted > 0) return refuse('LIMIT_CHANGED_AFTER_USE')
      const limitChanges = state.limitChanges + 1
      return { kind: 'changed', next: () => ({ ...state, useLimit, limitChanges }) }
    }
    default:
      throw new TypeError(`no such operation: ${JSON.stringify(operation satisfies never)}`)
  }
}

function placeNotFound({ exists }: CouponState): CouponPlacement {
  return exists ? refuse('FALSE_NOT_FOUND') : UNCHANGED
}
