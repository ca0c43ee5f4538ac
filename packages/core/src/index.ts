export type { Account } from './account.ts'
export {
  type Coupon,
  type CouponChanges,
  type CouponUsage,
  type IssuedTo,
  MAX_MEMO_LENGTH,
  MAX_USE_LIMIT,
  type NewCoupon,
} from './coupon.ts'
export { type CouponCore, openCouponCore } from './coupon-core.ts'
export type { FieldProblem } from './coupon-rules.ts'
export type { CreateCouponInput, CreateCouponResult } from './create-coupon.ts'
export type { DeleteCouponInput, DeleteCouponResult } from './delete-coupon.ts'
export type { IdempotencyKey, WriteRefusal } from './idempotency.ts'
export type { RedeemCouponInput, RedeemCouponResult, RedeemRejection } from './redeem-coupon.ts'
export type { Redemption } from './redemption.ts'
export type { LoggedRedemption, RedemptionPage, RedemptionQuery } from './redemption-log.ts'
export type { UpdateCouponInput, UpdateCouponResult } from './update-coupon.ts'
export type {
  ValidateCouponInput,
  ValidateCouponResult,
  ValidateRejection,
} from './validate-coupon.ts'
