import type { IdempotencyKey } from './idempotency.ts'
import type { SettledRedemption } from './settle-redemption.ts'

/** A redemption or reservation, as the log has it. */
export interface Redemption extends SettledRedemption {
  readonly couponId: string
  /** The key that it was taken under. */
  readonly idempotencyKey: IdempotencyKey | null
  /** When its unit was taken, ISO 8601 in UTC by the database's clock. */
  readonly takenAt: string
}

/** What of a redemption never changes, and its last steps need not store again. */
export const CONSTANT_COLUMNS = `
  redemption.coupon_id as "couponId", redemption.idempotency_key as "idempotencyKey",
  iso_time(redemption.taken_at) as "takenAt"`

/**
 * Columns of a {@link Redemption}, from `redemption` and the `coupon` that it is of. A reservation whose time is over
 * is EXPIRED, whether or not anybody wanted its unit since.
 */
export const REDEMPTION_COLUMNS = `${CONSTANT_COLUMNS},
  redemption.id as "redemptionId", coupon.code, redemption.ordinal, redemption.user_id as "userId", redemption.memo,
  case when redemption.status = 'RESERVED' and redemption.expires_at <= clock_timestamp() then 'EXPIRED'
    else redemption.status end as status,
  iso_time(redemption.redeemed_at) as "redeemedAt", iso_time(redemption.expires_at) as "expiresAt",
  iso_time(redemption.ended_at) as "endedAt", redemption.rollback_reason as "rollbackReason"`
