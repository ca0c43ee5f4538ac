import { parseCouponCode } from '@coupon-gateway/coupon-code'
import type { GatewayContext } from '../context.ts'
import { type CouponAnswer, toCoupon } from './coupon-answer.ts'

/**
 * `coupon` of a payload. An upstream that answers a write with nothing is asked for the coupon, by whoever asks for
 * this field: when that fails, the error is the field's, and the write stays answered.
 */
export async function writtenCoupon(
  { code, coupon }: { readonly code?: string | null; readonly coupon?: CouponAnswer | null },
  _arguments: unknown,
  { validations }: GatewayContext,
): Promise<CouponAnswer | null> {
  const parsed = code == null ? undefined : parseCouponCode(code)
  if (coupon != null || parsed === undefined) return coupon ?? null
  const found = await validations.load({ code: parsed, userId: null })
  return found.coupon === null ? null : toCoupon(found.coupon)
}
