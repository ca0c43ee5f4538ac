import type { CouponCore } from '@coupon-gateway/core'
import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
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
import { wantsRepresentation } from '../request-headers.ts'

/**
 * `GET /validate?cpnNo=&userId=`: could this coupon be redeemed now (by this user)? Changes nothing.
 * `result` is the coupon, or null when it cannot be used. With `Prefer: return=representation` it is the
 * coupon in both cases, with `cpnId`, `userLimit` and `onsitePwdYn`.
 */
export const validateRoute =
  (core: CouponCore): FastifyPluginAsyncTypebox =>
  async (app) => {
    const known = { cpnNo: cpnNo(), userId: Type.Optional(userId()) }
    const querystring = Type.Object(leaveOut(app.profile.unknownInput.validate, known), {
      additionalProperties: false,
    })
    app.get('/validate', { schema: { querystring } }, async (request, reply) => {
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
          result: isWhole && coupon !== null ? toWireRepresentation(coupon) : null,
        })
      }
      return success((isWhole ? toWireRepresentation : toWireCoupon)(validation.coupon))
    })
  }
