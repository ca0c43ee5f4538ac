import type { CouponCore } from '@coupon-gateway/core'
import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import {
  couponFields,
  cpnNo,
  disc,
  discTypeIdx,
  invalidFields,
  readCpnNo,
  toChanges,
  toDiscountKind,
  toWireRepresentation,
} from '../coupon-fields.ts'
import { refuse, success } from '../envelope.ts'
import { markReplay, readIdempotencyKey, wantsRepresentation } from '../request-headers.ts'
import { refuseWrite } from './refuse-write.ts'

const DEFAULT_DIGITS = 12

/**
 * `POST /create`: a new coupon. `result` is its number, given in `cpnNo` or generated with `cpnNoDigits`
 * symbols; with `Prefer: return=representation` the whole coupon as it was created.
 */
export const createRoute =
  (core: CouponCore): FastifyPluginAsyncTypebox =>
  async (app) => {
    const body = Type.Object(
      {
        ...couponFields(app.profile),
        cpnNo: Type.Optional(cpnNo()),
        cpnNoDigits: Type.Optional(Type.Enum([8, 12, 16], { allowed: '8, 12 or 16' })),
        discTypeIdx: discTypeIdx(),
        disc: disc(),
      },
      { additionalProperties: false },
    )
    app.post('/create', { schema: { body } }, async (request, reply) => {
      const {
        cpnNo: wanted = '',
        cpnNoDigits = DEFAULT_DIGITS,
        discTypeIdx: discountType,
        disc: discount,
        ...fields
      } = request.body
      const { onsitePassword, ...settings } = toChanges(fields)
      const result = await core.create({
        accountId: request.caller.accountId,
        code: wanted === '' ? { generateLength: cpnNoDigits } : readCpnNo(wanted),
        coupon: { ...settings, discountKind: toDiscountKind(discountType), discount },
        ...(onsitePassword === undefined ? {} : { onsitePassword }),
        idempotencyKey: readIdempotencyKey(request),
      })
      switch (result.outcome) {
        case 'created':
          markReplay(reply, result.replayed)
          return success(
            wantsRepresentation(request, reply)
              ? toWireRepresentation(result.coupon)
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
