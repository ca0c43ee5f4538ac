import type { CouponCode } from '@coupon-gateway/coupon-code'
import type { Answer } from '../race-museum/call.ts'

/** What a crash worker does. */
export interface CrashWorkerTask {
  readonly database:
    | { readonly kind: 'postgres'; readonly url: string }
    | { readonly kind: 'pglite'; readonly folder: string }
  readonly accountId: number
  readonly code: CouponCode
  readonly users: readonly string[]
  /** Small, so that the burst takes many flushes. */
  readonly maxBatch: number
}

/** What it writes for every answer, one line each. */
export interface CrashWorkerReport {
  readonly user: string
  readonly answer: Answer
}

/** The key of a user's one redemption, before the crash and after it. */
export function keyOf(code: CouponCode, user: string): string {
  return `${code}-${user}`
}
