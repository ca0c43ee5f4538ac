import type { LoggedRedemption } from '@coupon-gateway/client'
import type { Redemption } from '@coupon-gateway/schema'

/** Translates a redemption as the upstream's log has it. */
export function toRedemption(logged: LoggedRedemption): Redemption {
  const { id, code, status, userId, memo, ordinal, redeemedAt, expiresAt, rollbackReason } = logged
  return {
    id,
    code,
    status,
    userId,
    memo: memo === '' ? null : memo,
    // Whoever redeems past this gateway may do so without a key.
    idempotencyKey: logged.idempotencyKey ?? id,
    ordinal,
    redeemedAt,
    expiresAt,
    rolledBackAt: status === 'ROLLED_BACK' ? logged.endedAt : null,
    rollbackReason,
  }
}
