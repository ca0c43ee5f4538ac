import { type CouponCode, parseCouponCode } from '@coupon-gateway/coupon-code'
import { isRecord } from './envelope.ts'
import { BadResponseError } from './upstream-error.ts'
import { integerOrNull, textOrNull } from './wire-value.ts'

export const REDEMPTION_STATUSES = [
  /** Hosted: it may have happened; evidence, or a person, will tell. */
  'PENDING',
  /** Holds a unit until `expiresAt`. */
  'RESERVED',
  'REDEEMED',
  'RELEASED',
  'EXPIRED',
  'ROLLED_BACK',
  /** Hosted: its answer was lost, and it is settled that it had no effect. The key is free. */
  'REJECTED',
] as const

export type RedemptionStatus = (typeof REDEMPTION_STATUSES)[number]

/**
 * A redemption or reservation, as the upstream's log has it. Moments are ISO 8601 in UTC by the upstream's clock.
 * Hosted, it is the journal's: `id` is the idempotency key, `couponId` the code, and `ordinal` null.
 */
export interface LoggedRedemption {
  readonly id: string
  readonly code: CouponCode
  /** Identity of the coupon: its code may stand for another one by now. */
  readonly couponId: string
  readonly status: RedemptionStatus
  /** The how-manieth unit of the coupon, from 1; null for an unlimited coupon. */
  readonly ordinal: number | null
  readonly userId: string | null
  readonly memo: string
  /** The key that it was taken under; null where there was none. */
  readonly idempotencyKey: string | null
  /** When its unit was taken: redeemed, or reserved. */
  readonly takenAt: string
  readonly redeemedAt: string | null
  /** Of what was reserved: until when it held its unit. */
  readonly expiresAt: string | null
  /** When it was released, found to have expired, or rolled back. */
  readonly endedAt: string | null
  readonly rollbackReason: string | null
}

/** @throws BadResponseError it is not a redemption as the native api has it */
export function readLoggedRedemption(wire: unknown): LoggedRedemption {
  if (isRecord(wire)) {
    const id = textOrNull(wire.redemptionId)
    const code = parseCouponCode(textOrNull(wire.cpnNo) ?? '')
    const couponId = textOrNull(wire.cpnId)
    const status = REDEMPTION_STATUSES.find((it) => it === wire.status)
    const takenAt = textOrNull(wire.takenAt)
    if (id !== null && code && couponId !== null && status && takenAt !== null) {
      return {
        id,
        code,
        couponId,
        status,
        ordinal: integerOrNull(wire.ordinal),
        userId: textOrNull(wire.userId),
        memo: textOrNull(wire.memo) ?? '',
        idempotencyKey: textOrNull(wire.idempotencyKey),
        takenAt,
        redeemedAt: textOrNull(wire.redeemedAt),
        expiresAt: textOrNull(wire.expiresAt),
        endedAt: textOrNull(wire.endedAt),
        rollbackReason: textOrNull(wire.rollbackReason),
      }
    }
  }
  throw new BadResponseError('the upstream answered without the redemption')
}
