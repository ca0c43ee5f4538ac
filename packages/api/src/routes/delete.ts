import type { CouponCore } from '@coupon-gateway/core'
import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import { cpnNo, readCpnNo } from '../coupon-fields.ts'
import { refuse, success } from '../envelope.ts'
import { markReplay, readIdempotencyKey } from '../request-headers.ts'
import { refuseWrite } from './refuse-write.ts'

const querystring = Type.Object({ cpnNo: cpnNo() }, { additionalProperties: false })

/** `DELETE /delete?cpnNo=`: the coupon is gone for good at once; its code may be created anew. `result` is null. */
export const deleteRoute =
  (core: CouponCore): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.delete('/delete', { schema: { querystring } }, async (request, reply) => {
      const result = await core.delete({
        accountId: request.caller.accountId,
        code: readCpnNo(request.query.cpnNo),
        idempotencyKey: readIdempotencyKey(request),
      })
      switch (result.outcome) {
        case 'deleted':
          markReplay(reply, result.replayed)
          return success(null)
        case 'not-found':
          return refuse(reply, 'NOT_FOUND')
        default:
          return refuseWrite(reply, result)
      }
    })
  }
