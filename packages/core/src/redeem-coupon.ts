import type { Queryable } from '@coupon-gateway/database'
import type { WriteRefusal } from './idempotency.ts'
import type { CheckOnsitePassword } from './onsite-password-check.ts'
import type { TakeRejection } from './rules.ts'
import type { Overloaded, TakenUnit, TakeStrategy } from './take.ts'
import { type PasswordLocked, takeUnit, type UnitRequest } from './take-unit.ts'

export type RedeemCouponInput = UnitRequest

export type RedeemCouponResult =
  /** The unit is taken and in the log. `replayed`: it was so already, by the same key. */
  | { readonly outcome: 'redeemed'; readonly redemption: TakenUnit; readonly replayed: boolean }
  | { readonly outcome: 'rejected'; readonly reason: TakeRejection }
  | PasswordLocked
  | Overloaded
  | WriteRefusal

/** Redeems a coupon once: the decision, the counter, the log row and the stored answer are one transaction. */
export async function redeemCoupon(
  database: Queryable,
  strategy: TakeStrategy,
  checkOnsitePassword: CheckOnsitePassword,
  input: RedeemCouponInput,
): Promise<RedeemCouponResult> {
  const verdict = await takeUnit(database, strategy, checkOnsitePassword, input, null)
  return verdict.outcome === 'taken' || verdict.outcome === 'replayed'
    ? {
        outcome: 'redeemed',
        redemption: verdict.answer,
        replayed: verdict.outcome === 'replayed',
      }
    : verdict
}
