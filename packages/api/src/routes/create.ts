import type { CouponCore } from '@coupon-gateway/core'
import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import { COUPON_EXAMPLE, couponRepresentation, REPRESENTATION_EXAMPLE } from '../coupon-answer.ts'
import {
  couponFields,
  cpnNoDigits,
  DEFAULT_CODE_LENGTH,
  disc,
  discTypeIdx,
  invalidFields,
  readCpnNo,
  toNewCoupon,
  toWireRepresentation,
  wantedCpnNo,
} from '../coupon-fields.ts'
import { refuse, success } from '../envelope.ts'
import { languageOf } from '../language.ts'
import type { RouteDescription } from '../openapi/described-route.ts'
import { markReplay, readIdempotencyKey, wantsRepresentation } from '../request-headers.ts'
import { requirePlanOfFields } from '../require-plan-of-fields.ts'
import { refuseWrite } from './refuse-write.ts'

const description: RouteDescription = {
  operationId: 'create',
  summary: 'Create a coupon',
  description:
    'A new coupon, which can be redeemed from its first day on. `result` is its number: the one of `cpnNo`, or a generated one of `cpnNoDigits` symbols, whose last is a check symbol. With `Prefer: return=representation` it is the whole coupon. A number is unique within the account; that of a deleted coupon is free again. Send an `Idempotency-Key`: without one, a repeated call creates a second coupon.',
  tags: ['Coupons'],
  parameters: ['IdempotencyKey', 'Prefer'],
  answers: {
    result: Type.Union([
      Type.String({ pattern: '^[A-Z0-9]{8,16}$', description: 'The coupon number.' }),
      couponRepresentation,
    ]),
    errors: ['CODE_TAKEN'],
    examples: {
      Created: COUPON_EXAMPLE.cpnNo,
      'Created, with Prefer: return=representation': REPRESENTATION_EXAMPLE,
    },
    links: {
      validate: {
        operationId: 'validate',
        description: 'Look at what was created.',
        parameters: { 'query.cpnNo': '$response.body#/result' },
      },
      redeem: {
        operationId: 'redeem',
        description: 'Use it.',
        requestBody: { cpnNo: '$response.body#/result' },
      },
      update: {
        operationId: 'update',
        description: 'Change it.',
        requestBody: { cpnNo: '$response.body#/result' },
      },
      delete: {
        operationId: 'delete',
        description: 'Take it back.',
        parameters: { 'query.cpnNo': '$response.body#/result' },
      },
    },
  },
}

/** `POST /create` */
export const createRoute =
  (core: CouponCore): FastifyPluginAsyncTypebox =>
  async (app) => {
    const body = Type.Object(
      {
        ...couponFields(app.profile),
        cpnNo: Type.Optional(wantedCpnNo()),
        cpnNoDigits: cpnNoDigits(),
        discTypeIdx: discTypeIdx(),
        disc: disc(),
      },
      {
        additionalProperties: false,
        examples: [
          {
            nm: 'Five friends: $5 off',
            discTypeIdx: 458,
            disc: 5,
            discCurrency: 'USD',
            useLimit: 5,
          },
          { discTypeIdx: 457, disc: 10 },
        ],
      },
    )
    app.post('/create', { schema: { ...description, body } }, async (request, reply) => {
      const {
        cpnNo: wanted = '',
        cpnNoDigits: generateLength = DEFAULT_CODE_LENGTH,
        ...fields
      } = request.body
      requirePlanOfFields(app.profile, request.caller.plan, fields)
      const result = await core.create({
        accountId: request.caller.accountId,
        code: wanted === '' ? { generateLength } : readCpnNo(wanted),
        ...toNewCoupon(fields),
        idempotencyKey: readIdempotencyKey(request),
      })
      switch (result.outcome) {
        case 'created':
          markReplay(reply, result.replayed)
          return success(
            wantsRepresentation(request, reply)
              ? toWireRepresentation(result.coupon, languageOf(request))
              : result.coupon.code,
          )
        case 'code-taken':
          return refuse(reply, 'CODE_TAKEN')
        case 'invalid':
          throw invalidFields(result.problems)
        default:
          return refuseWrite(reply, result)
      }
    })
  }
