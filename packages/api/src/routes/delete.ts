import type { CouponCore } from '@coupon-gateway/core'
import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import { cpnNo, readCpnNo } from '../coupon-fields.ts'
import { refuse, success } from '../envelope.ts'
import type { RouteDescription } from '../openapi/described-route.ts'
import { markReplay, readIdempotencyKey } from '../request-headers.ts'
import { refuseWrite } from './refuse-write.ts'

const querystring = Type.Object({ cpnNo: cpnNo() }, { additionalProperties: false })

const description: RouteDescription = {
  operationId: 'delete',
  summary: 'Delete a coupon',
  description:
    'The coupon is gone for good at once: it can be neither validated nor redeemed. Its redemptions stay in the log. Its number may be created anew, and that is a new coupon, which starts from zero. `result` is null.',
  tags: ['Coupons'],
  parameters: ['IdempotencyKey'],
  answers: { result: Type.Null(), errors: ['NOT_FOUND'], examples: { Deleted: null } },
}

/** `DELETE /delete?cpnNo=` */
export const deleteRoute =
  (core: CouponCore): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.delete('/delete', { schema: { ...description, querystring } }, async (request, reply) => {
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
