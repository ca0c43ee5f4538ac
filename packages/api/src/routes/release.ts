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
  operationId: 'release',
  summary: 'Give a reservation back',
  description:
    'Frees the unit at once. Releasing again, or after the time was over, changes nothing and answers the same. What was confirmed is not released any more (RESERVATION_NOT_FOUND): roll it back.',
  tags: ['Redemption'],
  parameters: ['RequiredIdempotencyKey'],
  answers: {
    result: redemptionAnswer,
    errors: ['RESERVATION_NOT_FOUND'],
    examples: {
      Released: {
        ...REDEMPTION_EXAMPLE,
        status: 'RELEASED',
        redeemedAt: null,
        endedAt: '2026-11-24T07:15:02.114Z',
      },
    },
  },
}

/** `POST /release` */
export const releaseRoute =
  (core: CouponCore): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.post('/release', { schema: { ...description, body } }, async (request, reply) => {
      const result = await core.release({
        accountId: request.caller.accountId,
        redemptionId: request.body.reservationId,
        idempotencyKey: requireIdempotencyKey(request),
      })
      return answerStep(reply, result)
    })
  }
