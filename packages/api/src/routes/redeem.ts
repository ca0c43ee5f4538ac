import type { CouponCore } from '@coupon-gateway/core'
import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import { cpnNo, emptyToNull, memo, onsitePwd, readCpnNo, userId } from '../coupon-fields.ts'
import { refuse, success } from '../envelope.ts'
import { markReplay, readIdempotencyKey, wantsRepresentation } from '../request-headers.ts'
import { refuseWrite } from './refuse-write.ts'

const body = Type.Object(
  {
    cpnNo: cpnNo(),
    onsitePwd: Type.Optional(onsitePwd()),
    userId: Type.Optional(userId()),
    memo: Type.Optional(memo()),
  },
  { additionalProperties: false },
)

/**
 * `PUT /redeem` (and `POST`): takes one use of a coupon. `result` is null; with
 * `Prefer: return=representation` it is `{ redemptionId, ordinal, useCnt, remaining, redeemedAt }`, where an
 * unlimited coupon has null for `ordinal`, `useCnt` and `remaining`: its uses are counted later.
 */
export const redeemRoute =
  (core: CouponCore): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.route({
      method: app.profile.redeemMethods,
      url: '/redeem',
      schema: { body },
      handler: async (request, reply) => {
        const { accountId, keyId } = request.caller
        const result = await core.redeem({
          accountId,
          code: readCpnNo(request.body.cpnNo),
          userId: emptyToNull(request.body.userId),
          memo: request.body.memo ?? '',
          onsitePassword: emptyToNull(request.body.onsitePwd),
          caller: `key:${keyId}`,
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
          case 'rejected':
            return refuse(reply, result.reason)
          case 'locked':
            return refuse(reply, 'TOO_MANY_ATTEMPTS', result)
          case 'overloaded':
            return refuse(reply, 'OVERLOADED', {
              retryAfterSeconds: Math.ceil(result.retryAfterMs / 1000),
            })
          default:
            return refuseWrite(reply, result)
        }
      },
    })
  }
