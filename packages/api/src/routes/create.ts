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
  toWireRepresentation,
} from '../coupon-fields.ts'
import { refuse, success } from '../envelope.ts'
import { markReplay, readIdempotencyKey, wantsRepresentation } from '../request-headers.ts'
import { refuseWrite } from './refuse-write.ts'

const DEFAULT_DIGITS = 12

const body = Type.Object(
  {
    ...couponFields,
    cpnNo: Type.Optional(cpnNo()),
    cpnNoDigits: Type.Optional(Type.Enum([8, 12, 16], { allowed: '8, 12 or 16' })),
    discTypeIdx: discTypeIdx(),
    disc: disc(),
  },
  { additionalProperties: false },
)

/**
 * `POST /create`: a new coupon. `result` is its number, given in `cpnNo` or generated with `cpnNoDigits`
 * symbols; with `Prefer: return=representation` the whole coupon as it is now.
 */
export const createRoute =
  (core: CouponCore): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.post('/create', { schema: { body } }, async (request, reply) => {
      const { accountId } = request.caller
      const { cpnNo: wanted, cpnNoDigits = DEFAULT_DIGITS, ...fields } = request.body
      const { discountKind, discount, onsitePassword, ...settings } = toChanges(fields)
      // The schema demands both; the translation cannot know.
      if (discountKind === undefined || discount === undefined)
        throw new Error('discount is missing')
      const result = await core.create({
        accountId,
        code: wanted === undefined ? { generateLength: cpnNoDigits } : readCpnNo(wanted),
        coupon: { ...settings, discountKind, discount },
        ...(onsitePassword === undefined ? {} : { onsitePassword }),
        idempotencyKey: readIdempotencyKey(request),
      })
      switch (result.outcome) {
        case 'created': {
          markReplay(reply, result.replayed)
          if (!wantsRepresentation(request, reply)) return success(result.code)
          const { coupon } = await core.validate({ accountId, code: result.code, userId: null })
          return success(coupon === null ? null : toWireRepresentation(coupon))
        }
        case 'code-taken':
          return refuse(reply, 'CODE_TAKEN')
        case 'invalid':
          throw invalidFields(result.problems)
        default:
          return refuseWrite(reply, result)
      }
    })
  }
