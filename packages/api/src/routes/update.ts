import type { CouponChanges, CouponCore } from '@coupon-gateway/core'
import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import { couponRepresentation, REPRESENTATION_EXAMPLE } from '../coupon-answer.ts'
import {
  type CouponFields,
  couponFields,
  cpnNo,
  invalidFields,
  readCpnNo,
  toChanges,
  toWireRepresentation,
} from '../coupon-fields.ts'
import { refuse, success } from '../envelope.ts'
import { languageOf } from '../language.ts'
import type { RouteDescription } from '../openapi/described-route.ts'
import { markReplay, readIdempotencyKey, wantsRepresentation } from '../request-headers.ts'
import { requirePlanOfFields } from '../require-plan-of-fields.ts'
import { refuseWrite } from './refuse-write.ts'

const description: RouteDescription = {
  operationId: 'update',
  summary: 'Change a coupon',
  description:
    'Changes the fields that are given and leaves the others. Once a coupon was used or reserved, only its `memo` can be changed (COUPON_LOCKED). To end an unused coupon early without losing its data, set `endYmd` to a past day. An empty `onsitePwd` is what validate answers for every password, and changes none: `onsiteYn` `N` takes it off. `result` is null; with `Prefer: return=representation` it is the whole coupon as the update left it.',
  tags: ['Coupons'],
  parameters: ['IdempotencyKey', 'Prefer'],
  answers: {
    result: Type.Union([Type.Null(), couponRepresentation]),
    errors: ['NOT_FOUND', 'COUPON_LOCKED'],
    examples: {
      Changed: null,
      'Changed, with Prefer: return=representation': REPRESENTATION_EXAMPLE,
    },
  },
}

/** `PUT /update` */
export const updateRoute =
  (core: CouponCore): FastifyPluginAsyncTypebox =>
  async (app) => {
    const body = Type.Object(
      { ...couponFields(app.profile), cpnNo: cpnNo() },
      { additionalProperties: false, examples: [{ cpnNo: 'WELCOME10', memo: 'spring campaign' }] },
    )
    app.put('/update', { schema: { ...description, body } }, async (request, reply) => {
      const { cpnNo: typed, ...fields } = request.body
      requirePlanOfFields(app.profile, request.caller.plan, fields)
      const result = await core.update({
        accountId: request.caller.accountId,
        code: readCpnNo(typed),
        changes: toUpdate(fields),
        idempotencyKey: readIdempotencyKey(request),
      })
      switch (result.outcome) {
        case 'updated':
          markReplay(reply, result.replayed)
          return success(
            wantsRepresentation(request, reply)
              ? toWireRepresentation(result.coupon, languageOf(request))
              : null,
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

/**
 * As the fields have it, but for an empty password, for which the core takes the password off: here it is what
 * validate answers for each.
 */
function toUpdate({ onsitePwd, ...fields }: CouponFields): CouponChanges {
  const changes = toChanges(fields)
  if (onsitePwd) return { ...changes, onsitePassword: onsitePwd }
  return fields.onsiteYn === 'N' ? { ...changes, onsitePassword: '' } : changes
}
