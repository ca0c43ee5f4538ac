import { REDEEM_REJECTIONS, type RedeemRejection } from '@coupon-gateway/client'
import { z } from 'zod'

const ENTRY = /^(\d{1,9})=([A-Z_]+)$/

/** A setting such as `1999=EXPIRED,2001=EXHAUSTED`: what numbers of a hosted upstream mean. */
export function hostedReasons() {
  const allowed = `numbers and their reasons, as in 1999=EXPIRED,2001=EXHAUSTED, with reasons of ${REDEEM_REJECTIONS.join(', ')}`
  return z
    .string()
    .default('')
    .transform((list, context): Readonly<Record<number, RedeemRejection>> => {
      const reasons: Record<number, RedeemRejection> = {}
      for (const entry of list.split(',').filter((it) => it.trim() !== '')) {
        const [, code, name] = ENTRY.exec(entry.trim()) ?? []
        const reason = REDEEM_REJECTIONS.find((it) => it === name)
        if (code === undefined || reason === undefined) {
          context.addIssue({ code: 'custom', message: allowed })
          return z.NEVER
        }
        reasons[Number(code)] = reason
      }
      return reasons
    })
}
