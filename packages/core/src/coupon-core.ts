import { type Database, migrate } from '@coupon-gateway/database'
import { type Account, ensureAccount } from './account.ts'
import { type CreateCouponInput, type CreateCouponResult, createCoupon } from './create-coupon.ts'
import { type DeleteCouponInput, type DeleteCouponResult, deleteCoupon } from './delete-coupon.ts'
import { createOnsitePasswordCheck } from './onsite-password-check.ts'
import { type RedeemCouponInput, type RedeemCouponResult, redeemCoupon } from './redeem-coupon.ts'
import { listRedemptions, type RedemptionPage, type RedemptionQuery } from './redemption-log.ts'
import { type UpdateCouponInput, type UpdateCouponResult, updateCoupon } from './update-coupon.ts'
import {
  type ValidateCouponInput,
  type ValidateCouponResult,
  validateCoupon,
} from './validate-coupon.ts'

/**
 * The usage-limit core: a coupon limited to N is redeemed exactly N times, whatever the load, the retries
 * and the crashes. What a caller must handle is in the results; the database's failures are thrown.
 *
 * @throws DatabaseBusyError the call waited too long and had no effect
 * @throws DatabaseUnavailableError the call may have had its effect: repeat it with its idempotency key
 */
export interface CouponCore {
  validate(input: ValidateCouponInput): Promise<ValidateCouponResult>
  redeem(input: RedeemCouponInput): Promise<RedeemCouponResult>
  create(input: CreateCouponInput): Promise<CreateCouponResult>
  update(input: UpdateCouponInput): Promise<UpdateCouponResult>
  delete(input: DeleteCouponInput): Promise<DeleteCouponResult>
  listRedemptions(query: RedemptionQuery): Promise<RedemptionPage>
  /** Finds or creates an account by name. */
  ensureAccount(name: string, timeZone: string): Promise<Account>
}

/**
 * Opens the core over a database, after bringing its tables to the newest version. The database stays the
 * caller's, who closes it.
 *
 * @example
 * const core = await openCouponCore(openPostgres('postgres://localhost/coupons'))
 * const shop = await core.ensureAccount('shop', 'Asia/Seoul')
 */
export async function openCouponCore(database: Database): Promise<CouponCore> {
  await migrate(database, 'core', new URL('../migrations/', import.meta.url))
  const checkOnsitePassword = createOnsitePasswordCheck(database)
  return {
    validate: (input) => validateCoupon(database, input),
    redeem: (input) => redeemCoupon(database, checkOnsitePassword, input),
    create: (input) => createCoupon(database, input),
    update: (input) => updateCoupon(database, input),
    delete: (input) => deleteCoupon(database, input),
    listRedemptions: (query) => listRedemptions(database, query),
    ensureAccount: (name, timeZone) => ensureAccount(database, name, timeZone),
  }
}
