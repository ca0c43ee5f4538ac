import type { ConfirmResult, RollbackResult } from '@coupon-gateway/core'
import type { FastifyReply } from 'fastify'
import { type Envelope, type Failure, refuse, success } from '../envelope.ts'
import { toWireRedemption } from '../redemption-fields.ts'
import { markReplay } from '../request-headers.ts'
import { refuseWrite } from './refuse-write.ts'

/** Answers a step of a redemption with what the step made of it, or with why it was not made. */
export function answerStep(
  reply: FastifyReply,
  result: ConfirmResult | RollbackResult,
): Envelope | Failure['body'] {
  switch (result.outcome) {
    case 'settled':
      markReplay(reply, result.replayed)
      return success(toWireRedemption(result.redemption))
    case 'rejected':
      return refuse(reply, result.reason)
    default:
      return refuseWrite(reply, result)
  }
}
