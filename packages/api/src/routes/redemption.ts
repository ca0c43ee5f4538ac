import type { CouponCore } from '@coupon-gateway/core'
import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import { refuse, success } from '../envelope.ts'
import type { RouteDescription } from '../openapi/described-route.ts'
import {
  REDEMPTION_EXAMPLE,
  redemptionAnswer,
  redemptionId,
  toWireRedemption,
} from '../redemption-fields.ts'

const params = Type.Object({ redemptionId: redemptionId() }, { additionalProperties: false })

const description: RouteDescription = {
  operationId: 'getRedemption',
  summary: 'One redemption',
  description:
    'The redemption or reservation with this id, in its present state. By the key that it was taken under: `GET /redemptions?idempotencyKey=`.',
  tags: ['Log'],
  answers: {
    result: redemptionAnswer,
    errors: ['REDEMPTION_NOT_FOUND'],
    examples: { 'A reservation that was confirmed': REDEMPTION_EXAMPLE },
  },
}

/** `GET /redemptions/{redemptionId}` */
export const redemptionRoute =
  (core: CouponCore): FastifyPluginAsyncTypebox =>
  async (app) => {
    const schema = { ...description, params }
    app.get('/redemptions/:redemptionId', { schema }, async (request, reply) => {
      const redemption = await core.findRedemption(request.caller.accountId, request.params)
      return redemption === undefined
        ? refuse(reply, 'REDEMPTION_NOT_FOUND')
        : success(toWireRedemption(redemption))
    })
  }
