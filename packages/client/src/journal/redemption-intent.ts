import { createHash } from 'node:crypto'
import type { CouponCode } from '@coupon-gateway/coupon-code'

/** What a redemption is meant to do, after validation: what the journal keeps of it. */
export interface RedemptionIntent {
  readonly code: CouponCode
  readonly userId: string | null
  readonly memo: string | null
  /** Whether an on-site password came along. The password itself is never kept, nor a hash of it. */
  readonly hasOnsitePassword: boolean
}

/**
 * Identifies a request: same key and another fingerprint is another request. The password stays out, as it does in
 * our own api: a hash of one would give it away, and a repeat that corrects it is the same redemption.
 */
export function fingerprintOf({ code, userId, memo }: RedemptionIntent): string {
  return createHash('sha256')
    .update(JSON.stringify(['redeem', code, userId, memo]))
    .digest('hex')
}
