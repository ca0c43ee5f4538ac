import type { CouponCore } from '@coupon-gateway/core'
import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import type { RouteDescription } from '../openapi/described-route.ts'
import { REDEMPTION_EXAMPLE, redemptionAnswer, reservationId } from '../redemption-fields.ts'
import { requireIdempotencyKey } from '../request-headers.ts'
import { answerStep } from './answer-step.ts'

const body = Type.Object(
  { reservationId: reservationId() },
  { additionalProperties: false, examples: [{ reservationId: REDEMPTION_EXAMPLE.redemptionId }] },
)

const description: RouteDescription = {
  operationId: 'confirm',
  summary: 'Make a reservation a redemption',
  description:
    'Makes the reservation final. After its time was over it takes a unit anew if one is free, by the rules of the day; else the answer is RESERVATION_EXPIRED. Confirming again answers the same. A reservation that was released, or that never was, is RESERVATION_NOT_FOUND.',
  tags: ['Redemption'],
  parameters: ['RequiredIdempotencyKey'],
  answers: {
    result: redemptionAnswer,
    errors: ['RESERVATION_NOT_FOUND', 'RESERVATION_EXPIRED'],
    examples: { Confirmed: REDEMPTION_EXAMPLE },
    links: {
      rollback: {
        operationId: 'rollback',
        description: 'Give the use back.',
        requestBody: { redemptionId: '$response.body#/result/redemptionId' },
      },
    },
  },
}

/** `POST /confirm` */
export const confirmRoute =
  (core: CouponCore): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.post('/confirm', { schema: { ...description, body } }, async (request, reply) => {
      const result = await core.confirm({
        accountId: request.caller.accountId,
        redemptionId: request.body.reservationId,
        idempotencyKey: requireIdempotencyKey(request),
      })
      return answerStep(reply, result)
    })
  }
