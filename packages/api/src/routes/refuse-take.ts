import type { RedeemCouponResult } from '@coupon-gateway/core'
import type { FastifyReply } from 'fastify'
import { type Failure, refuse } from '../envelope.ts'
import { refuseWrite } from './refuse-write.ts'

/** Answers why no unit of a coupon was taken. */
export function refuseTake(
  reply: FastifyReply,
  result: Exclude<RedeemCouponResult, { outcome: 'redeemed' }>,
): Failure['body'] {
  switch (result.outcome) {
    case 'rejected':
      return refuse(reply, result.reason)
    case 'locked':
      return refuse(reply, 'TOO_MANY_ATTEMPTS', result)
    case 'overloaded':
      return refuse(reply, 'OVERLOADED', {
        retryAfterSeconds: Math.ceil(result.retryAfterMs / 1000),
      })
    default:
      return refuseWrite(reply, result)
  }
}
