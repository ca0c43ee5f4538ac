export { type BoundedCounterVerdict, checkBoundedCounter } from './bounded-counter.ts'
export type { BoundedCounterRule, BoundedCounterViolation } from './bounded-counter-violations.ts'
export {
  checkLinearizable,
  type DeadEnd,
  type LinearizabilityVerdict,
} from './check-linearizable.ts'
export type { CouponLimits } from './coupon-limits.ts'
export { type CouponModelOptions, type CouponRule, createCouponModel } from './coupon-model.ts'
export type { CouponState } from './coupon-state.ts'
export type {
  Confirm,
  Interval,
  Operation,
  Redeem,
  Release,
  Reserve,
  Rollback,
  Take,
  TakeRejectionReason,
} from './operation.ts'
export type { Expiry, Placement, SequentialModel } from './sequential-model.ts'
