import type { Coupon, RefusalReason } from './coupon-store.ts'

/**
 * Why a coupon that was just read cannot be redeemed by anybody, or null. For whether this user has redeemed it, the
 * log has to be asked.
 *
 * @param today `YYYY-MM-DD`, by the database's clock
 */
export function whyNot(
  coupon: Coupon | undefined,
  today: string,
  userId: string | null,
): RefusalReason | null {
  if (coupon === undefined) return 'NOT_FOUND'
  if (coupon.startsOn !== null && today < coupon.startsOn) return 'NOT_STARTED'
  if (coupon.endsOn !== null && today > coupon.endsOn) return 'EXPIRED'
  if (coupon.useLimit >= 2 && userId === null) return 'USER_ID_REQUIRED'
  return null
}

/** Whether no unit is left. */
export function isExhausted({ useLimit, used }: Coupon): boolean {
  return useLimit > 0 && used >= useLimit
}
