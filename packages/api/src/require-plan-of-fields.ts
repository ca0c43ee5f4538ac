import { ApiError } from './api-error.ts'
import type { ApiProfile } from './api-profile.ts'
import type { CouponFields } from './coupon-fields.ts'
import { isPlanAtLeast, type Plan } from './plans.ts'

/** What validate answers where nothing was asked for. Who writes a coupon back as it was read asks for nothing either. */
const NOT_ASKED_FOR: readonly unknown[] = [undefined, '', 'N']

/**
 * Check of what a coupon is to have, before anything is done.
 * @throws ApiError PLAN_UPGRADE_REQUIRED for a field that is not for this plan in this profile
 */
export function requirePlanOfFields(
  { planOfField }: ApiProfile,
  plan: Plan,
  given: Pick<CouponFields, keyof ApiProfile['planOfField']>,
): void {
  for (const field of ['domain', 'webhookEnableYn'] as const) {
    const needed = planOfField[field]
    if (needed === undefined || NOT_ASKED_FOR.includes(given[field])) continue
    if (!isPlanAtLeast(plan, needed)) throw new ApiError('PLAN_UPGRADE_REQUIRED')
  }
}
