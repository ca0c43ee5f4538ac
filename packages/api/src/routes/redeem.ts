import type { CouponCore } from '@coupon-gateway/core'
import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import { success } from '../envelope.ts'
import type { RouteDescription } from '../openapi/described-route.ts'
import { markReplay, readIdempotencyKey, wantsRepresentation } from '../request-headers.ts'
import { TAKE_ERRORS, TAKE_EXAMPLES, takeFields, toUnitRequest } from '../take-fields.ts'
import { refuseTake } from './refuse-take.ts'

const body = Type.Object(takeFields, { additionalProperties: false, examples: TAKE_EXAMPLES })

const countOrNull = (description: string) =>
  Type.Union([Type.Integer({ minimum: 0 }), Type.Null()], {
    description: `${description} Null for an unlimited coupon, whose uses are counted later.`,
  })

const takenUse = Type.Object(
  {
    redemptionId: Type.String({ format: 'uuid', description: 'What `rollback` takes.' }),
    ordinal: countOrNull('Which of the uses this one is, from 1.'),
    useCnt: countOrNull('Uses with this one.'),
    remaining: countOrNull('Uses that are left.'),
    redeemedAt: Type.String({ format: 'date-time', description: 'The moment, in UTC.' }),
  },
  { title: 'TakenUse', additionalProperties: false },
)

const description: RouteDescription = {
  operationId: 'redeem',
  summary: 'Take one use of a coupon',
  description:
    'Takes one use, for good, when the coupon has one left and every rule holds; otherwise nothing changes and the answer says why. A coupon with a limit of N is never redeemed more than N times, whatever comes at once. It is durable when the answer comes. `result` is null; with `Prefer: return=representation` it is the use that was taken, whose `redemptionId` a rollback needs. Send an `Idempotency-Key`: after a lost answer the same request with the same key takes nothing twice. `userId` is required where `useLimit` is 2 or more. Wrong on-site passwords are counted for the coupon and for the key: after five of them further tries are refused for a while (TOO_MANY_ATTEMPTS), also with the right one.',
  tags: ['Redemption'],
  parameters: ['IdempotencyKey', 'Prefer'],
  answers: {
    result: Type.Union([Type.Null(), takenUse]),
    errors: TAKE_ERRORS,
    examples: {
      Redeemed: null,
      'Redeemed, with Prefer: return=representation': {
        redemptionId: '01a20c8f-3b1e-7cc2-9f0a-5d1f6a3f2b11',
        ordinal: 1,
        useCnt: 1,
        remaining: 4,
        redeemedAt: '2026-11-24T07:14:20.381Z',
      },
    },
    links: {
      rollback: {
        operationId: 'rollback',
        description: 'Give the use back. Its id is there with `Prefer: return=representation`.',
        requestBody: { redemptionId: '$response.body#/result/redemptionId' },
      },
      getRedemption: {
        operationId: 'getRedemption',
        description: 'Look at it in the log.',
        parameters: { 'path.redemptionId': '$response.body#/result/redemptionId' },
      },
    },
  },
}

/** `PUT /redeem`, and `POST` */
export const redeemRoute =
  (core: CouponCore): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.route({
      method: app.profile.redeemMethods,
      url: '/redeem',
      schema: { ...description, body },
      handler: async (request, reply) => {
        const result = await core.redeem({
          ...toUnitRequest(request.caller, request.body),
          idempotencyKey: readIdempotencyKey(request),
        })
        switch (result.outcome) {
          case 'redeemed': {
            const { redemptionId, ordinal, used, remaining, redeemedAt } = result.redemption
            markReplay(reply, result.replayed)
            return success(
              wantsRepresentation(request, reply)
                ? { redemptionId, ordinal, useCnt: used, remaining, redeemedAt }
                : null,
            )
          }
          default:
            return refuseTake(reply, result)
        }
      },
    })
  }
