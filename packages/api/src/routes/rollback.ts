import type { CouponCore } from '@coupon-gateway/core'
import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import type { RouteDescription } from '../openapi/described-route.ts'
import {
  REDEMPTION_EXAMPLE,
  redemptionAnswer,
  redemptionId,
  rollbackReason,
} from '../redemption-fields.ts'
import { requireIdempotencyKey } from '../request-headers.ts'
import { answerStep } from './answer-step.ts'

const body = Type.Object(
  { redemptionId: redemptionId(), reason: rollbackReason() },
  {
    additionalProperties: false,
    examples: [{ redemptionId: REDEMPTION_EXAMPLE.redemptionId, reason: 'order cancelled' }],
  },
)

const description: RouteDescription = {
  operationId: 'rollback',
  summary: 'Give a redemption back',
  description:
    'Frees the unit, and the use of its user, exactly once. The redemption stays in the log, with the reason. Redeeming again afterwards is a new redemption, with a new key. A second rollback is ALREADY_ROLLED_BACK, unless it is the first one again by its key.',
  tags: ['Redemption'],
  parameters: ['RequiredIdempotencyKey'],
  answers: {
    result: redemptionAnswer,
    errors: ['REDEMPTION_NOT_FOUND', 'ALREADY_ROLLED_BACK'],
    examples: {
      'Rolled back': {
        ...REDEMPTION_EXAMPLE,
        status: 'ROLLED_BACK',
        endedAt: '2026-11-24T09:00:00.000Z',
        rollbackReason: 'order cancelled',
      },
    },
  },
}

/** `POST /rollback` */
export const rollbackRoute =
  (core: CouponCore): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.post('/rollback', { schema: { ...description, body } }, async (request, reply) => {
      const { redemptionId, reason } = request.body
      const result = await core.rollback({
        accountId: request.caller.accountId,
        redemptionId,
        reason,
        idempotencyKey: requireIdempotencyKey(request),
      })
      return answerStep(reply, result)
    })
  }
