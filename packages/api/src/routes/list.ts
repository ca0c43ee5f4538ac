import type { CouponCore } from '@coupon-gateway/core'
import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import { couponRepresentation, REPRESENTATION_EXAMPLE } from '../coupon-answer.ts'
import { emptyToNull, toWireRepresentation } from '../coupon-fields.ts'
import { success } from '../envelope.ts'
import { languageOf } from '../language.ts'
import { allowed } from '../messages/allowed.ts'
import type { RouteDescription } from '../openapi/described-route.ts'
import { cursor, limit, pageAnswer, readPage } from '../page-fields.ts'

const querystring = Type.Object(
  {
    grpIdx: Type.Optional(
      Type.String({
        pattern: '^([1-9][0-9]{0,9})?$',
        allowed: allowed((it) => it.groupOrEmpty),
        description: 'Only coupons of this group.',
        examples: ['271'],
      }),
    ),
    cursor: Type.Optional(cursor()),
    limit: Type.Optional(limit()),
  },
  { additionalProperties: false },
)

const description: RouteDescription = {
  operationId: 'listCoupons',
  summary: 'The coupons of the account',
  description:
    'A page of the coupons, or of those of one group, newest first. Deleted ones are not in it.',
  tags: ['Coupons'],
  answers: {
    result: pageAnswer('coupons', couponRepresentation, 'CouponPage'),
    errors: [],
    examples: { 'The last page': { coupons: [REPRESENTATION_EXAMPLE], nextCursor: null } },
  },
}

/** `GET /list?grpIdx=&cursor=&limit=` */
export const listRoute =
  (core: CouponCore): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get('/list', { schema: { ...description, querystring } }, async (request) => {
      const language = languageOf(request)
      const group = emptyToNull(request.query.grpIdx)
      const { coupons, nextCursor } = await core.listCoupons({
        accountId: request.caller.accountId,
        groupId: group === null ? null : Number(group),
        ...readPage(request.query),
      })
      return success({
        coupons: coupons.map((it) => toWireRepresentation(it, language)),
        nextCursor,
      })
    })
  }
