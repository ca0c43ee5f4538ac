import type { WriteRefusal } from '@coupon-gateway/core'
import type { FastifyReply } from 'fastify'
import { type Failure, refuse } from '../envelope.ts'

/** Answers a write whose idempotency key stood in its way. */
export function refuseWrite(reply: FastifyReply, refusal: WriteRefusal): Failure['body'] {
  switch (refusal.outcome) {
    case 'key-reused':
      return refuse(reply, 'IDEMPOTENCY_KEY_REUSED')
    case 'key-in-use':
      return refuse(reply, 'IDEMPOTENCY_CONCURRENT_REQUEST')
  }
}
