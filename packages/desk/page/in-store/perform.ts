import { RedeemCouponDocument } from '@coupon-gateway/schema'
import type { Ask } from '../gateway/ask.ts'
import { toWriteResult } from '../gateway/write-result.ts'
import type { InStoreCall, InStoreEvent } from './stages.ts'

const MEMO = 'in-store desk'

/**
 * @param getPassword what is in its field
 * @param isResumed whether the request was first sent before a reload, which emptied the field
 */
export function createPerform(
  ask: Ask,
  getPassword: () => string,
  isResumed: () => boolean,
): (call: InStoreCall) => Promise<InStoreEvent> {
  return async ({ key, code, userId }) => {
    const onsitePassword = getPassword()
    const answer = await ask(RedeemCouponDocument, {
      input: {
        code,
        memo: MEMO,
        idempotencyKey: key,
        ...(userId === null ? {} : { userId }),
        ...(onsitePassword === '' ? {} : { onsitePassword }),
      },
    })
    const result = toWriteResult(answer, (it) => it.redeemCoupon)
    return {
      kind: 'written',
      answer: { key, result, nowMs: Date.now(), random: Math.random() },
      isPasswordForgotten: isResumed() && onsitePassword === '',
    }
  }
}
