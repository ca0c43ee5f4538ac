import { type CouponCore, DEFAULT_TTL_SECONDS, MAX_TTL_SECONDS } from '@coupon-gateway/core'
import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import { success } from '../envelope.ts'
import { allowed } from '../messages/allowed.ts'
import type { RouteDescription } from '../openapi/described-route.ts'
import { markReplay, requireIdempotencyKey } from '../request-headers.ts'
import { TAKE_ERRORS, TAKE_EXAMPLES, takeFields, toUnitRequest } from '../take-fields.ts'
import { refuseTake } from './refuse-take.ts'

const body = Type.Object(
  {
    ...takeFields,
    ttlSeconds: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: MAX_TTL_SECONDS,
        allowed: allowed((it) => it.integer(1, MAX_TTL_SECONDS)),
        description: `How long the unit is held, in seconds; ${DEFAULT_TTL_SECONDS} unless given.`,
      }),
    ),
  },
  {
    additionalProperties: false,
    examples: TAKE_EXAMPLES.map((it) => ({ ...it, ttlSeconds: 600 })),
  },
)

const reservation = Type.Object(
  {
    reservationId: Type.String({
      format: 'uuid',
      description: 'What `confirm` and `release` take. In the log it is the `redemptionId`.',
    }),
    expiresAt: Type.String({
      format: 'date-time',
      description: 'Until when the unit is held, by the clock of the service, in UTC.',
    }),
    ordinal: Type.Union([Type.Integer({ minimum: 1 }), Type.Null()], {
      description: 'Which of the units of the coupon it is, from 1. Null for an unlimited coupon.',
    }),
  },
  { title: 'Reservation', additionalProperties: false },
)

const description: RouteDescription = {
  operationId: 'reserve',
  summary: 'Hold one use of a coupon for a while',
  description:
    'Takes one use as `redeem` does, by the same rules, but only for `ttlSeconds`: it counts against the limit until it is confirmed, released or its time is over. Reserve before a payment, confirm after it, release when it failed; a checkout that is forgotten gives its unit back by itself.',
  tags: ['Redemption'],
  parameters: ['RequiredIdempotencyKey'],
  answers: {
    result: reservation,
    errors: TAKE_ERRORS,
    examples: {
      Reserved: {
        reservationId: '01a20c8f-3b1e-7cc2-9f0a-5d1f6a3f2b11',
        expiresAt: '2026-11-24T07:29:20.381Z',
        ordinal: 1,
      },
    },
    links: {
      confirm: {
        operationId: 'confirm',
        description: 'Make it a redemption.',
        requestBody: { reservationId: '$response.body#/result/reservationId' },
      },
      release: {
        operationId: 'release',
        description: 'Give the unit back.',
        requestBody: { reservationId: '$response.body#/result/reservationId' },
      },
      getRedemption: {
        operationId: 'getRedemption',
        description: 'Look at it in the log.',
        parameters: { 'path.redemptionId': '$response.body#/result/reservationId' },
      },
    },
  },
}

/** `POST /reserve` */
export const reserveRoute =
  (core: CouponCore): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.post('/reserve', { schema: { ...description, body } }, async (request, reply) => {
      const { ttlSeconds = DEFAULT_TTL_SECONDS } = request.body
      const result = await core.reserve({
        ...toUnitRequest(request.caller, request.body),
        ttlSeconds,
        idempotencyKey: requireIdempotencyKey(request),
      })
      if (result.outcome !== 'reserved') return refuseTake(reply, result)
      const { redemptionId, expiresAt, ordinal } = result.reservation
      markReplay(reply, result.replayed)
      return success({ reservationId: redemptionId, expiresAt, ordinal })
    })
  }
