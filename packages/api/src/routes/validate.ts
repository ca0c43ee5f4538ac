import type { CouponCore } from '@coupon-gateway/core'
import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import { COUPON_EXAMPLE, couponAnswer, couponRepresentation } from '../coupon-answer.ts'
import {
  cpnNo,
  emptyToNull,
  leaveOut,
  readCpnNo,
  toWireCoupon,
  toWireRepresentation,
  userId,
} from '../coupon-fields.ts'
import { refuse, success } from '../envelope.ts'
import { languageOf } from '../language.ts'
import type { RouteDescription } from '../openapi/described-route.ts'
import { wantsRepresentation } from '../request-headers.ts'

const description: RouteDescription = {
  operationId: 'validate',
  summary: 'Could this coupon be redeemed now?',
  description:
    'Tells whether the coupon could be redeemed at this moment, and by this user when `userId` is given. Changes nothing and holds nothing: between this call and `redeem` somebody else can take the last unit; `reserve` keeps it. `result` is the coupon, or null when it cannot be used. With `Prefer: return=representation` it is the coupon in both cases, with `cpnId`, `userLimit`, `heldCnt`, `remaining` and `onsitePwdYn`. An on-site password is neither asked for nor told.',
  tags: ['Redemption'],
  parameters: ['Prefer'],
  answers: {
    result: Type.Union([couponAnswer, couponRepresentation]),
    refusedResult: Type.Union([couponRepresentation, Type.Null()]),
    errors: [
      'NOT_FOUND',
      'NOT_STARTED',
      'EXPIRED',
      'EXHAUSTED',
      'ALL_HELD',
      'ALREADY_REDEEMED_BY_USER',
    ],
    examples: { 'A coupon that can be used': COUPON_EXAMPLE },
  },
}

/** `GET /validate?cpnNo=&userId=` */
export const validateRoute =
  (core: CouponCore): FastifyPluginAsyncTypebox =>
  async (app) => {
    const known = { cpnNo: cpnNo(), userId: Type.Optional(userId()) }
    const querystring = Type.Object(leaveOut(app.profile.unknownInput.validate, known), {
      additionalProperties: false,
    })
    app.get('/validate', { schema: { ...description, querystring } }, async (request, reply) => {
      const { query } = request
      const validation = await core.validate({
        accountId: request.caller.accountId,
        code: readCpnNo(query.cpnNo),
        userId: emptyToNull(query.userId),
      })
      const isWhole = wantsRepresentation(request, reply)
      const { coupon } = validation
      if (validation.outcome === 'rejected') {
        return refuse(reply, validation.reason, {
          result:
            isWhole && coupon !== null ? toWireRepresentation(coupon, languageOf(request)) : null,
        })
      }
      return success(
        (isWhole ? toWireRepresentation : toWireCoupon)(validation.coupon, languageOf(request)),
      )
    })
  }
