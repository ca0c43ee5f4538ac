import type { CouponCode } from '@coupon-gateway/coupon-code'
import type { IdempotencyKey, WriteRefusal } from './idempotency.ts'
import type { TakeRejection } from './rules.ts'

/** A request for one unit of a coupon: a redemption, or a reservation that may become one. */
export interface Take {
  /** The id of the redemption or reservation that it becomes, a UUID of version 7. */
  readonly id: string
  readonly accountId: number
  readonly code: CouponCode
  readonly userId: string | null
  readonly memo: string
  /** The stored password hash that the given password was compared with; null when none was given. */
  readonly verifiedHash: string | null
  readonly key: IdempotencyKey | null
  readonly fingerprint: string
  /** Null redeems; otherwise reserves for so many seconds. */
  readonly ttlSeconds: number | null
}

/** A unit that was taken. */
export interface TakenUnit {
  readonly redemptionId: string
  /** The how-manieth unit of the coupon, from 1; null for an unlimited coupon. */
  readonly ordinal: number | null
  /** Redemptions that stand, including this one; null for an unlimited coupon, whose uses are counted later. */
  readonly used: number | null
  /** Units that are free after this one; null for an unlimited coupon. */
  readonly remaining: number | null
  /** When it was redeemed, ISO 8601 in UTC by the database's clock; null of a reservation. */
  readonly redeemedAt: string | null
  /** Until when a reservation holds its unit; null of a redemption. */
  readonly expiresAt: string | null
}

export type TakeVerdict =
  | { readonly outcome: 'taken'; readonly answer: TakenUnit }
  /** The key had taken it before. */
  | { readonly outcome: 'replayed'; readonly answer: TakenUnit }
  | { readonly outcome: 'rejected'; readonly reason: TakeRejection }
  | WriteRefusal

/** More work than can wait. Never a statement about the coupon, and without effect. */
export interface Overloaded {
  readonly outcome: 'overloaded'
  readonly retryAfterMs: number
}

/**
 * A way of deciding about units. All keep the same rules; they differ in how many requests share one
 * transaction, and so in how many a second one coupon takes.
 */
export interface TakeStrategy {
  take(take: Take): Promise<TakeVerdict | Overloaded>
}
