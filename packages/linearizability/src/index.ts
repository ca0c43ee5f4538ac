export { type BoundedCounterVerdict, checkBoundedCounter } from './bounded-counter.ts'
export type { BoundedCounterRule, BoundedCounterViolation } from './bounded-counter-violations.ts'
export {
  checkLinearizable,
  type DeadEnd,
  type LinearizabilityVerdict,
  type Narrow,
  type NextOperations,
} from './check-linearizable.ts'
export type { CouponLimits } from './coupon-limits.ts'
export { type CouponModelOptions, createCouponModel } from './coupon-model.ts'
export type { CouponRule } from './coupon-rule.ts'
export type { CouponState } from './coupon-state.ts'
export { narrowInterchangeable } from './interchangeable.ts'
export {
  type CouponVerdict,
  type JudgedRule,
  type JudgeOptions,
  judgeCoupon,
  type WrongBy,
} from './judge-coupon.ts'
export type {
  ChangeLimit,
  Confirm,
  Create,
  Delete,
  Interval,
  Management,
  Operation,
  Redeem,
  Release,
  Reserve,
  Rollback,
  Take,
  TakeRejectionReason,
  UnitOperation,
  Validate,
} from './operation.ts'
export type { Expiry, Placement, SequentialModel } from './sequential-model.ts'
export type { CounterOperation } from './takes-by-result.ts'
