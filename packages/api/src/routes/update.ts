import type { CouponCore } from '@coupon-gateway/core'
import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import {
  couponFields,
  cpnNo,
  invalidFields,
  readCpnNo,
  toChanges,
  toWireRepresentation,
} from '../coupon-fields.ts'
import { refuse, success } from '../envelope.ts'
import { markReplay, readIdempotencyKey, wantsRepresentation } from '../request-headers.ts'
import { refuseWrite } from './refuse-write.ts'

/**
 * `PUT /update`: changes the fields that are given. Once a coupon was used only `memo` can be changed.
 * `result` is null; with `Prefer: return=representation` the whole coupon as the update left it.
 */
export const updateRoute =
  (core: CouponCore): FastifyPluginAsyncTypebox =>
  async (app) => {
    const body = Type.Object(
      { ...couponFields(app.profile), cpnNo: cpnNo() },
      { additionalProperties: false },
    )
    app.put('/update', { schema: { body } }, async (request, reply) => {
      const { cpnNo: typed, ...fields } = request.body
      const result = await core.update({
        accountId: request.caller.accountId,
        code: readCpnNo(typed),
        changes: toChanges(fields),
        idempotencyKey: readIdempotencyKey(request),
      })
      switch (result.outcome) {
        case 'updated':
          markReplay(reply, result.replayed)
          return success(
            wantsRepresentation(request, reply) ? toWireRepresentation(result.coupon) : null,
          )
        case 'not-found':
          return refuse(reply, 'NOT_FOUND')
        case 'locked-by-use':
          return refuse(reply, 'COUPON_LOCKED')
        case 'invalid':
          throw invalidFields(result.problems)
        default:
          return refuseWrite(reply, result)
      }
    })
  }
