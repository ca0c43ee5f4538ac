import type { CouponEvent } from '@coupon-gateway/core'
import { toDiscTypeIdx } from '../coupon-fields.ts'

/** `X-Vivoldi-Action-Type` of the contract. */
export type WebhookAction = 'NONE' | 'ADD' | 'REMOVE'

/**
 * A use is NONE, as the contract has it. A rollback adds a unit: the hosted service's own way to it, deletion and
 * creation of the same code, ends in a creation too.
 */
const ACTIONS: Record<CouponEvent['kind'], WebhookAction> = {
  redeemed: 'NONE',
  'rolled-back': 'ADD',
  deleted: 'REMOVE',
}

const TYPES: Record<CouponEvent['kind'], string> = {
  redeemed: 'coupon.redeemed',
  'rolled-back': 'coupon.rolled_back',
  deleted: 'coupon.deleted',
}

export function toWebhookAction(event: CouponEvent): WebhookAction {
  return ACTIONS[event.kind]
}

/** The body of a webhook: the contract gives only its headers. Documented in the README of this package. */
export function toWebhookBody(event: CouponEvent): string {
  const { coupon } = event
  return JSON.stringify({
    eventId: event.id,
    type: TYPES[event.kind],
    sequence: event.sequence,
    occurredAt: event.occurredAt.toISOString(),
    coupon: {
      cpnId: coupon.id,
      cpnNo: coupon.code,
      nm: coupon.name,
      discTypeIdx: toDiscTypeIdx(coupon.discountKind),
      disc: coupon.discount,
      discCurrency: coupon.currency ?? '',
      grpIdx: coupon.groupId ?? 0,
      useLimit: coupon.useLimit,
    },
    redemption: event.kind === 'deleted' ? null : toWireRedemption(event),
  })
}

function toWireRedemption(event: Exclude<CouponEvent, { kind: 'deleted' }>) {
  const { redemption } = event
  const isRolledBack = event.kind === 'rolled-back'
  return {
    redemptionId: redemption.id,
    ordinal: redemption.ordinal,
    userId: redemption.userId ?? '',
    memo: redemption.memo,
    idempotencyKey: redemption.idempotencyKey,
    redeemedAt: redemption.redeemedAt.toISOString(),
    rolledBackAt: isRolledBack ? event.occurredAt.toISOString() : null,
    rollbackReason: isRolledBack ? event.rollbackReason : null,
  }
}
