import type { CouponCore, ValidateCouponResult } from '@coupon-gateway/core'
import { parseCouponCode } from '@coupon-gateway/coupon-code'
import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import { couponRepresentation, REPRESENTATION_EXAMPLE } from '../coupon-answer.ts'
import { emptyToNull, toWireRepresentation, userId } from '../coupon-fields.ts'
import { success } from '../envelope.ts'
import { languageOf } from '../language.ts'
import { allowed } from '../messages/allowed.ts'
import type { Language } from '../messages/texts.ts'
import type { RouteDescription } from '../openapi/described-route.ts'

const MAX_CODES = 100

const body = Type.Object(
  {
    cpnNos: Type.Array(
      Type.String({
        allowed: allowed((it) => it.anyText),
        description: 'As it was typed. One that is no coupon number gets an answer of its own.',
      }),
      {
        minItems: 1,
        maxItems: MAX_CODES,
        allowed: allowed((it) => it.couponNumbers(MAX_CODES)),
        description: `Up to ${MAX_CODES} coupon numbers. One may be in it more than once.`,
      },
    ),
    userId: Type.Optional(userId()),
  },
  {
    additionalProperties: false,
    examples: [{ cpnNos: ['WELCOME10', 'friends-05'], userId: 'user-17' }],
  },
)

const ERRORS = [
  'NOT_FOUND',
  'NOT_STARTED',
  'EXPIRED',
  'EXHAUSTED',
  'ALL_HELD',
  'ALREADY_REDEEMED_BY_USER',
  'INVALID_INPUT',
] as const

const item = Type.Object(
  {
    cpnNo: Type.String({ description: 'As it was asked.' }),
    valid: Type.Boolean({ description: 'It could be redeemed at this moment.' }),
    error: Type.Optional(
      Type.Enum([...ERRORS], {
        description: 'Why not, where it is not valid. INVALID_INPUT: it is no coupon number.',
      }),
    ),
    coupon: Type.Optional(couponRepresentation),
  },
  { title: 'CouponValidity', additionalProperties: false },
)

const description: RouteDescription = {
  operationId: 'validateMany',
  summary: 'Which of these coupons could be redeemed now?',
  description:
    'Tells of up to 100 coupons at once what `validate` tells of one, in the order asked, all at the same moment, and counts as one call. `coupon` is there where a coupon has the number, whether or not it can be used. A text that is no coupon number does not fail the call: its entry has the error INVALID_INPUT.',
  tags: ['Redemption'],
  answers: {
    result: Type.Array(item),
    errors: [],
    examples: {
      'One good, one unknown': [
        { cpnNo: 'friends-05', valid: true, coupon: REPRESENTATION_EXAMPLE },
        { cpnNo: 'NOSUCHCODE', valid: false, error: 'NOT_FOUND' },
      ],
    },
  },
}

/** `POST /validate/batch` */
export const validateBatchRoute =
  (core: CouponCore): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.post('/validate/batch', { schema: { ...description, body } }, async (request) => {
      const asked = request.body.cpnNos.map((typed) => ({ typed, code: parseCouponCode(typed) }))
      const codes = [...new Set(asked.flatMap(({ code }) => code ?? []))]
      const validations = await core.validateMany({
        accountId: request.caller.accountId,
        codes,
        userId: emptyToNull(request.body.userId),
      })
      const language = languageOf(request)
      const byCode = new Map(codes.map((code, index) => [code, validations[index]]))
      return success(
        asked.map(({ typed, code }) => toWireItem(typed, code && byCode.get(code), language)),
      )
    })
  }

/** @param validation undefined: what was typed is no coupon number */
function toWireItem(
  cpnNo: string,
  validation: ValidateCouponResult | undefined,
  language: Language,
) {
  if (validation === undefined) return { cpnNo, valid: false, error: 'INVALID_INPUT' }
  const { coupon } = validation
  return {
    cpnNo,
    valid: validation.outcome === 'usable',
    ...(validation.outcome === 'usable' ? {} : { error: validation.reason }),
    ...(coupon === null ? {} : { coupon: toWireRepresentation(coupon, language) }),
  }
}
