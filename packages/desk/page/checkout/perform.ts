import {
  ConfirmReservationDocument,
  ReleaseReservationDocument,
  ReserveCouponDocument,
  RollbackRedemptionDocument,
} from '@coupon-gateway/schema'
import type { Ask } from '../gateway/ask.ts'
import { toWriteResult, type WriteResult } from '../gateway/write-result.ts'
import type { CheckoutCall, CheckoutEvent } from './stages.ts'

/** As long as a customer may look for their card. Others see the unit as held. */
const HOLD_SECONDS = 600

/** As long as a bank takes, about. */
const PAYMENT_MS = 600

/** Carries out what a stage of the checkout waits for. */
export function createPerform(ask: Ask): (call: CheckoutCall) => Promise<CheckoutEvent> {
  return async (call) => {
    if (call.kind === 'pay') {
      await pay()
      return { kind: 'paid', paymentId: call.payment.id, isPaid: call.payment.willSucceed }
    }
    const result = await write(call)
    return {
      kind: 'written',
      answer: { key: call.key, result, nowMs: Date.now(), random: Math.random() },
    }
  }

  /**
   * Stands in for a bank. The payment has an id from before it began, so that a real one can be asked about it, and
   * asked to take it back.
   */
  function pay(): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, PAYMENT_MS))
  }

  async function write(call: Exclude<CheckoutCall, { kind: 'pay' }>): Promise<WriteResult> {
    switch (call.kind) {
      case 'reserve': {
        const { code, customerId, orderNumber } = call.order
        const input = {
          code,
          userId: customerId,
          memo: `order ${orderNumber}`,
          ttlSeconds: HOLD_SECONDS,
          idempotencyKey: call.key,
        }
        return toWriteResult(await ask(ReserveCouponDocument, { input }), (it) => it.reserveCoupon)
      }
      case 'confirm': {
        const input = { reservationId: call.reservationId, idempotencyKey: call.key }
        const answer = await ask(ConfirmReservationDocument, { input })
        return toWriteResult(answer, (it) => it.confirmReservation)
      }
      case 'release': {
        const input = { reservationId: call.reservationId, idempotencyKey: call.key }
        const answer = await ask(ReleaseReservationDocument, { input })
        return toWriteResult(answer, (it) => it.releaseReservation)
      }
      case 'roll back': {
        const input = {
          redemptionId: call.redemptionId,
          reason: 'order cancelled by the customer',
          idempotencyKey: call.key,
        }
        const answer = await ask(RollbackRedemptionDocument, { input })
        return toWriteResult(answer, (it) => it.rollbackRedemption)
      }
      default:
        throw new TypeError(`Unknown call: ${JSON.stringify(call satisfies never)}`)
    }
  }
}
