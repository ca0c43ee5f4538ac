import { type TObject, type TSchema, Type } from 'typebox'
import { allCouponFields } from './coupon-fields.ts'

/** The coupon as answers have it: every field is there, and a text that was not set is empty. */

const answerOnly = {
  formatDiscCurrency: Type.String({
    description: 'The discount for people: `10%`, `$60`, `₩5,000`.',
    examples: ['10%'],
  }),
  useCnt: Type.Integer({ minimum: 0, description: 'Redemptions so far.' }),
  onsitePwd: Type.Literal('', { description: 'Always empty.' }),
  regYmdt: Type.String({
    pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}$',
    description: 'When it was created, in the time zone of the account.',
    examples: ['2026-11-24 07:14:20'],
  }),
}

/** For the document. */
export const COUPON_EXAMPLE = {
  cpnNo: 'FRIENDS05',
  nm: 'Five friends: $5 off',
  discTypeIdx: 458,
  disc: 5,
  discCurrency: 'USD',
  formatDiscCurrency: '$5',
  strtYmd: '',
  endYmd: '',
  useLimit: 5,
  useCnt: 0,
  onsiteYn: 'N',
  onsitePwd: '',
  memo: '',
  url: '',
  imgUrl: '',
  domain: '',
  grpIdx: 0,
  tmplIdx: 0,
  userId: '',
  userNm: '',
  userPhnno: '',
  userEml: '',
  userEtc1: '',
  userEtc2: '',
  webhookEnableYn: 'N',
  regYmdt: '2026-11-24 07:14:20',
}
export const REPRESENTATION_EXAMPLE = {
  ...COUPON_EXAMPLE,
  cpnId: '01a20c8e-51d3-7a40-8c3f-0b6e54c2a9d7',
  userLimit: 1,
  heldCnt: 0,
  remaining: 5,
  onsitePwdYn: 'N',
}

const { userLimit, ...issued } = allCouponFields

const contractFields = {
  ...issued,
  cpnNo: Type.String({ pattern: '^[A-Z0-9]{8,16}$', description: 'The coupon number.' }),
  ...answerOnly,
}

/** The coupon as the contract has it. */
export const couponAnswer = answerOf(contractFields, 'Coupon')

/** With what only our service knows, for callers that ask for it. */
export const couponRepresentation = answerOf(
  {
    ...contractFields,
    cpnId: Type.String({
      format: 'uuid',
      description:
        'The identity of the coupon: another one under the same number, after a deletion, has another.',
    }),
    userLimit,
    heldCnt: Type.Integer({ minimum: 0, description: 'Units that are reserved now.' }),
    remaining: Type.Union([Type.Integer({ minimum: 0 }), Type.Null()], {
      description: 'Units that are free; null for an unlimited coupon.',
    }),
    onsitePwdYn: Type.Enum(['Y', 'N'], { description: '`Y`: redeeming it needs `onsitePwd`.' }),
  },
  'CouponRepresentation',
)

function answerOf(fields: Readonly<Record<string, TSchema>>, title: string): TObject {
  return Type.Object(
    Object.fromEntries(Object.entries(fields).map(([name, schema]) => [name, toAnswered(schema)])),
    { title, additionalProperties: false },
  )
}

/** A field that may be given is always answered, and what was allowed is of no interest any more. */
function toAnswered(schema: TSchema): TSchema {
  const { allowed: _, ...answered } = schema as TSchema & { allowed?: unknown }
  return answered
}
