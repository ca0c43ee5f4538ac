import {
  type Coupon,
  type CouponChanges,
  type FieldProblem,
  type IssuedTo,
  MAX_MEMO_LENGTH,
  MAX_USE_LIMIT,
} from '@coupon-gateway/core'
import { COUPON_CODE_RULE, type CouponCode, parseCouponCode } from '@coupon-gateway/coupon-code'
import { type Static, Type } from 'typebox'
import { invalidInput } from './api-error.ts'
import type { ApiProfile } from './api-profile.ts'

/**
 * The contract's spelling of a coupon, and its translation to the core's terms: the only place where
 * the two meet.
 */

/** The currencies of the contract, ISO 4217. */
const CURRENCIES = [
  'KRW',
  'CAD',
  'CNY',
  'EUR',
  'GBP',
  'IDR',
  'JPY',
  'MUR',
  'RUB',
  'SGD',
  'USD',
] as const

/** `discTypeIdx` of the contract. */
const PERCENT = 457
const AMOUNT = 458

const MAX_TEXT_LENGTH = 1_000
const MAX_INT = 2_147_483_647

/** Texts that PostgreSQL can store: no NUL, no half of a surrogate pair. */
export const TEXT_FORMAT = 'storable-text'
export const isStorableText = (text: string) => text.isWellFormed() && !text.includes('\0')

const text = (maxLength: number) =>
  Type.String({
    maxLength,
    format: TEXT_FORMAT,
    allowed: `a text of at most ${maxLength} characters, without NUL`,
  })
const yesOrNo = () => Type.Enum(['Y', 'N'], { allowed: '"Y" or "N"' })
const integer = (minimum: number, maximum: number) =>
  Type.Integer({ minimum, maximum, allowed: `an integer from ${minimum} to ${maximum}` })
const day = () => Type.String({ maxLength: 10, allowed: 'a day as YYYY-MM-DD, or empty for open' })

export const cpnNo = () => Type.String({ allowed: COUPON_CODE_RULE })
export const userId = () => text(200)
export const memo = () => text(MAX_MEMO_LENGTH)
export const onsitePwd = () => text(64)
export const discTypeIdx = () =>
  Type.Enum([PERCENT, AMOUNT], { allowed: `${PERCENT} (percent) or ${AMOUNT} (amount)` })
export const disc = () =>
  Type.Number({ allowed: 'percent from 1 to 100, or an amount in discCurrency' })

/** What an issuer may set, all optional. Everything that any profile knows; see {@link couponFields}. */
const allCouponFields = {
  nm: Type.Optional(text(200)),
  discTypeIdx: Type.Optional(discTypeIdx()),
  disc: Type.Optional(disc()),
  discCurrency: Type.Optional(
    Type.Enum(['', ...CURRENCIES], { allowed: `one of ${CURRENCIES.join(', ')}, or empty` }),
  ),
  strtYmd: Type.Optional(day()),
  endYmd: Type.Optional(day()),
  useLimit: Type.Optional(integer(0, MAX_USE_LIMIT)),
  userLimit: Type.Optional(integer(1, MAX_USE_LIMIT)),
  onsiteYn: Type.Optional(yesOrNo()),
  onsitePwd: Type.Optional(onsitePwd()),
  memo: Type.Optional(memo()),
  url: Type.Optional(text(MAX_TEXT_LENGTH)),
  imgUrl: Type.Optional(text(MAX_TEXT_LENGTH)),
  domain: Type.Optional(text(MAX_TEXT_LENGTH)),
  grpIdx: Type.Optional(integer(0, MAX_INT)),
  tmplIdx: Type.Optional(integer(0, MAX_INT)),
  userId: Type.Optional(userId()),
  userNm: Type.Optional(text(200)),
  userPhnno: Type.Optional(text(200)),
  userEml: Type.Optional(text(200)),
  userEtc1: Type.Optional(text(MAX_TEXT_LENGTH)),
  userEtc2: Type.Optional(text(MAX_TEXT_LENGTH)),
  webhookEnableYn: Type.Optional(yesOrNo()),
}

/** What an issuer may set in a profile. */
export function couponFields({ unknownInput, maxUseLimit }: ApiProfile): typeof allCouponFields {
  return leaveOut(unknownInput.coupon, {
    ...allCouponFields,
    useLimit: Type.Optional(integer(0, maxUseLimit)),
  })
}

/** The properties of a schema without those of these names. Its type stays: they must be optional ones. */
export function leaveOut<Properties extends object>(
  names: readonly string[],
  properties: Properties,
): Properties {
  return Object.fromEntries(
    Object.entries(properties).filter(([name]) => !names.includes(name)),
  ) as Properties
}

const fieldsObject = Type.Object(allCouponFields)
export type CouponFields = Static<typeof fieldsObject>

/** The wire's name of each field of the core, for its problems. */
const WIRE_NAMES: Record<FieldProblem['field'], string> = {
  name: 'nm',
  discountKind: 'discTypeIdx',
  discount: 'disc',
  currency: 'discCurrency',
  startsOn: 'strtYmd',
  endsOn: 'endYmd',
  useLimit: 'useLimit',
  userLimit: 'userLimit',
  onsite: 'onsiteYn',
  onsitePassword: 'onsitePwd',
  memo: 'memo',
  url: 'url',
  imageUrl: 'imgUrl',
  domain: 'domain',
  groupId: 'grpIdx',
  templateId: 'tmplIdx',
  issuedTo: 'userId',
  webhookEnabled: 'webhookEnableYn',
}

const ISSUED_TO = {
  userId: 'userId',
  name: 'userNm',
  phone: 'userPhnno',
  email: 'userEml',
  note1: 'userEtc1',
  note2: 'userEtc2',
} as const satisfies Record<keyof IssuedTo, keyof CouponFields>

/** Reads a coupon number as typed. @throws ApiError INVALID_INPUT */
export function readCpnNo(typed: string): CouponCode {
  const code = parseCouponCode(typed)
  if (code !== undefined) return code
  const problem =
    typed === ''
      ? 'is empty'
      : typed.length > 40
        ? `has ${typed.length} characters`
        : 'is not a coupon number'
  throw invalidInput([{ field: 'cpnNo', problem, allowed: COUPON_CODE_RULE }])
}

/** An empty text stands for none in the contract. */
export function emptyToNull(value: string | undefined): string | null {
  return value === undefined || value === '' ? null : value
}

/** 0 stands for no group and no template, as validate answers them. */
function zeroToNull(value: number): number | null {
  return value === 0 ? null : value
}

export function toDiscountKind(discTypeIdx: typeof PERCENT | typeof AMOUNT) {
  return discTypeIdx === PERCENT ? 'percent' : 'amount'
}

/** Translates the fields that were given, and only those. */
export function toChanges(fields: CouponFields): CouponChanges {
  const changes: { -readonly [Name in keyof CouponChanges]: CouponChanges[Name] } = {}
  if (fields.nm !== undefined) changes.name = fields.nm
  if (fields.discTypeIdx !== undefined) changes.discountKind = toDiscountKind(fields.discTypeIdx)
  if (fields.disc !== undefined) changes.discount = fields.disc
  if (fields.discCurrency !== undefined) changes.currency = emptyToNull(fields.discCurrency)
  if (fields.strtYmd !== undefined) changes.startsOn = emptyToNull(fields.strtYmd)
  if (fields.endYmd !== undefined) changes.endsOn = emptyToNull(fields.endYmd)
  if (fields.useLimit !== undefined) changes.useLimit = fields.useLimit
  if (fields.userLimit !== undefined) changes.userLimit = fields.userLimit
  if (fields.onsiteYn !== undefined) changes.onsite = fields.onsiteYn === 'Y'
  if (fields.onsitePwd !== undefined) changes.onsitePassword = fields.onsitePwd
  if (fields.memo !== undefined) changes.memo = fields.memo
  if (fields.url !== undefined) changes.url = fields.url
  if (fields.imgUrl !== undefined) changes.imageUrl = fields.imgUrl
  if (fields.domain !== undefined) changes.domain = fields.domain
  if (fields.grpIdx !== undefined) changes.groupId = zeroToNull(fields.grpIdx)
  if (fields.tmplIdx !== undefined) changes.templateId = zeroToNull(fields.tmplIdx)
  if (fields.webhookEnableYn !== undefined) changes.webhookEnabled = fields.webhookEnableYn === 'Y'
  const issuedTo = Object.entries(ISSUED_TO).flatMap(([name, wireName]) =>
    fields[wireName] === undefined ? [] : [[name, fields[wireName]] as const],
  )
  if (issuedTo.length > 0) changes.issuedTo = Object.fromEntries(issuedTo)
  return changes
}

export function invalidFields(problems: readonly FieldProblem[]) {
  return invalidInput(problems.map((it) => ({ ...it, field: WIRE_NAMES[it.field] })))
}

/** The coupon as the contract's validate answers it. The on-site password is never told. */
export function toWireCoupon(coupon: Coupon) {
  const { issuedTo } = coupon
  return {
    cpnNo: coupon.code,
    nm: coupon.name,
    discTypeIdx: coupon.discountKind === 'percent' ? PERCENT : AMOUNT,
    disc: coupon.discount,
    discCurrency: coupon.currency ?? '',
    formatDiscCurrency: formatDiscount(coupon),
    strtYmd: coupon.startsOn ?? '',
    endYmd: coupon.endsOn ?? '',
    useLimit: coupon.useLimit,
    useCnt: coupon.usage.used,
    onsiteYn: coupon.onsite ? 'Y' : 'N',
    onsitePwd: '',
    memo: coupon.memo,
    url: coupon.url,
    imgUrl: coupon.imageUrl,
    domain: coupon.domain,
    grpIdx: coupon.groupId ?? 0,
    tmplIdx: coupon.templateId ?? 0,
    ...Object.fromEntries(
      Object.entries(ISSUED_TO).map(([name, wireName]) => [
        wireName,
        issuedTo[name as keyof IssuedTo] ?? '',
      ]),
    ),
    webhookEnableYn: coupon.webhookEnabled ? 'Y' : 'N',
    regYmdt: coupon.createdAtLocal,
  }
}

/** With what only our service knows, for callers that ask for it. */
export function toWireRepresentation(coupon: Coupon) {
  return {
    ...toWireCoupon(coupon),
    cpnId: coupon.id,
    userLimit: coupon.userLimit,
    onsitePwdYn: coupon.requiresOnsitePassword ? 'Y' : 'N',
  }
}

/** The discount for people: `10%`, `$60`, `₩5,000`. */
function formatDiscount({ discountKind, discount, currency }: Coupon): string {
  return discountKind === 'percent' || currency === null
    ? `${discount}%`
    : new Intl.NumberFormat('en', {
        style: 'currency',
        currency,
        trailingZeroDisplay: 'stripIfInteger',
      }).format(discount)
}
