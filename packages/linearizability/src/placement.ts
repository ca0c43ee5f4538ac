import type { CouponRule } from './coupon-rule.ts'
import { type CouponState, type Unit, withUnit } from './coupon-state.ts'
import type { Placement } from './sequential-model.ts'

export type CouponPlacement = Placement<CouponState, CouponRule>

export const UNCHANGED = { kind: 'unchanged' } as const

export function refuse(rule: CouponRule): CouponPlacement {
  return { kind: 'refused', rule }
}

export function change(state: CouponState, id: string, unit: Unit): CouponPlacement {
  return { kind: 'changed', next: () => withUnit(state, id, unit) }
}
