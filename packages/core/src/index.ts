export { type Account, isTimeZone } from './account.ts'
export type { CoreHooks } from './core-hooks.ts'
export {
  type Coupon,
  type CouponChanges,
  type CouponUsage,
  type IssuedTo,
  MAX_AMOUNT,
  MAX_MEMO_LENGTH,
  MAX_USE_LIMIT,
  type NewCoupon,
} from './coupon.ts'
export {
  CORE_MIGRATIONS,
  type CouponCore,
  type CouponCoreOptions,
  openCouponCore,
  type StrategyName,
} from './coupon-core.ts'
export type { CouponEvent, EventCoupon, EventRedemption } from './coupon-events.ts'
export {
  type CouponGroup,
  type GroupKind,
  type GroupSettings,
  type GroupsOfAccount,
  listGroups,
  readGroups,
  type SaveGroupResult,
  saveGroup,
} from './coupon-group.ts'
export type { FieldProblem } from './coupon-rules.ts'
export {
  type BulkCreation,
  type CodesTooDense,
  type CreateBulkInput,
  type CreateBulkResult,
  MAX_BULK_COUNT,
} from './create-bulk.ts'
export type { CreateCouponInput, CreateCouponResult } from './create-coupon.ts'
export { CURRENCIES, type Currency, decimalsOf, isCurrency } from './currency.ts'
export type { DeleteCouponInput, DeleteCouponResult } from './delete-coupon.ts'
export type { RedemptionName } from './find-redemption.ts'
export type { IdempotencyKey, WriteRefusal } from './idempotency.ts'
export {
  completeImport,
  type ImportedCoupon,
  type ImportInput,
  type ImportProgress,
} from './import-coupons.ts'
export type { CouponPage, CouponQuery } from './list-coupons.ts'
export type { RedeemCouponInput, RedeemCouponResult } from './redeem-coupon.ts'
export type { Redemption } from './redemption.ts'
export type { RedemptionFilter, RedemptionPage, RedemptionQuery } from './redemption-log.ts'
export {
  DEFAULT_TTL_SECONDS,
  MAX_TTL_SECONDS,
  type ReserveCouponInput,
  type ReserveCouponResult,
} from './reserve-coupon.ts'
export type { TakeRejection, ValidateRejection } from './rules.ts'
export {
  type ConfirmResult,
  MAX_REASON_LENGTH,
  type RedemptionStatus,
  type ReleaseResult,
  type RollbackInput,
  type RollbackResult,
  type SettleInput,
} from './settle-redemption.ts'
export type { Overloaded, TakenUnit } from './take.ts'
export type { UpdateCouponInput, UpdateCouponResult } from './update-coupon.ts'
export type {
  ValidateCouponInput,
  ValidateCouponResult,
  ValidateManyInput,
} from './validate-coupon.ts'
export { type Difference, findDifferences } from './verify.ts'
