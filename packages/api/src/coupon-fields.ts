import {
  type Coupon,
  type CouponChanges,
  type CreateCouponInput,
  CURRENCIES,
  type FieldProblem,
  type IssuedTo,
  MAX_AMOUNT,
  MAX_MEMO_LENGTH,
  MAX_USE_LIMIT,
} from '@coupon-gateway/core'
import { type CouponCode, LONGEST_TYPED_CODE, parseCouponCode } from '@coupon-gateway/coupon-code'
import { type Static, Type } from 'typebox'
import { type InputProblem, invalidInput } from './api-error.ts'
import type { ApiProfile } from './api-profile.ts'
import { formatDiscount } from './format-discount.ts'
import { allowed } from './messages/allowed.ts'
import { tellRule } from './messages/rule-texts.ts'
import type { Language, Phrase } from './messages/texts.ts'

/**
 * The contract's spelling of a coupon, and its translation to the core's terms: the only place where
 * the two meet.
 */

/** `discTypeIdx` of the contract. */
const PERCENT = 457
const AMOUNT = 458

const MAX_TEXT_LENGTH = 1_000
const MAX_INT = 2_147_483_647

/**
 * Texts that PostgreSQL can store: no NUL, no half of a surrogate pair. The pattern is for the document too;
 * halves are for our validator alone, since UTF-8 cannot even carry them.
 */
const WITHOUT_NUL = '^[^\\u0000]*$'
export const TEXT_FORMAT = 'well-formed'
export const isWellFormed = (text: string) => text.isWellFormed()

/** What a schema says beside its rule. */
interface Words {
  readonly description?: string
  readonly examples?: readonly unknown[]
}

const text = (maxLength: number, description: string, words: Words = {}) =>
  Type.String({
    maxLength,
    pattern: WITHOUT_NUL,
    format: TEXT_FORMAT,
    allowed: allowed((it) => it.text(maxLength)),
    description,
    ...words,
  })
const yesOrNo = (description: string) =>
  Type.Enum(['Y', 'N'], { allowed: allowed((it) => it.yesOrNo), description })
const integer = (minimum: number, maximum: number, description: string) =>
  Type.Integer({
    minimum,
    maximum,
    allowed: allowed((it) => it.integer(minimum, maximum)),
    description,
  })
const day = (description: string) =>
  Type.String({
    pattern: '^([0-9]{4}-[0-9]{2}-[0-9]{2})?$',
    allowed: allowed((it) => it.day),
    description,
    examples: ['2027-12-31', ''],
  })

/** As people type it. */
const TYPED_CODE = '[\\s-]*([A-Za-z0-9][\\s-]*){8,16}'

export const cpnNo = () =>
  Type.String({
    maxLength: LONGEST_TYPED_CODE,
    pattern: `^${TYPED_CODE}$`,
    allowed: allowed((it) => it.couponNumber),
    description: 'The coupon number, as it was typed.',
    examples: ['WELCOME10', 'welcome-10'],
  })
/** Of a coupon that is to be created. */
export const wantedCpnNo = () =>
  Type.String({
    maxLength: LONGEST_TYPED_CODE,
    pattern: `^(${TYPED_CODE})?$`,
    allowed: allowed((it) => it.couponNumberOrEmpty),
    description: 'The number to have. One is generated when it is absent or empty.',
    examples: ['WELCOME10'],
  })
export const userId = () =>
  text(200, 'Your stable id of the user, compared exactly. Empty is none.', {
    examples: ['user-17'],
  })
export const memo = () =>
  text(MAX_MEMO_LENGTH, 'A note for yourself: the place, the page, the address of the user.')
export const onsitePwd = () =>
  text(64, 'The password that staff types in the shop. Stored as a salted hash, never answered.')
/** Lengths of a number that is generated. */
export const CODE_LENGTHS = [8, 12, 16] as const
export const DEFAULT_CODE_LENGTH = 12
export const cpnNoDigits = () =>
  Type.Optional(
    Type.Enum([...CODE_LENGTHS], {
      allowed: allowed((it) => it.oneOf(CODE_LENGTHS)),
      description: `Symbols of a generated number. Default ${DEFAULT_CODE_LENGTH}.`,
    }),
  )
export const discTypeIdx = () =>
  Type.Enum([PERCENT, AMOUNT], {
    allowed: allowed((it) => it.discountType(PERCENT, AMOUNT)),
    description: 'How the discount counts.',
  })
export const disc = () =>
  Type.Number({
    allowed: allowed((it) => it.discount),
    description: 'The discount.',
    exclusiveMinimum: 0,
    maximum: MAX_AMOUNT,
    examples: [10],
  })

const useLimit = (max: number) =>
  integer(
    0,
    max,
    'Redemptions in all. 0, which is the default, is unlimited. From 2 on a redemption needs a `userId`.',
  )

/** What an issuer may set, all optional. Everything that any profile knows; see {@link couponFields}. */
export const allCouponFields = {
  nm: Type.Optional(text(200, 'The name, for people.')),
  discTypeIdx: Type.Optional(discTypeIdx()),
  disc: Type.Optional(disc()),
  discCurrency: Type.Optional(
    Type.Enum(['', ...CURRENCIES], {
      allowed: allowed((it) => it.oneOfOrEmpty(CURRENCIES)),
      description: 'ISO 4217. Required with an amount.',
    }),
  ),
  strtYmd: Type.Optional(day('First day of validity, in the time zone of the account.')),
  endYmd: Type.Optional(day('Last day of validity, inclusive, in the time zone of the account.')),
  useLimit: Type.Optional(useLimit(MAX_USE_LIMIT)),
  userLimit: Type.Optional(integer(1, MAX_USE_LIMIT, 'Redemptions of one user; 1 unless set.')),
  onsiteYn: Type.Optional(yesOrNo('`Y`: redeemed in a shop.')),
  onsitePwd: Type.Optional(onsitePwd()),
  memo: Type.Optional(memo()),
  url: Type.Optional(text(MAX_TEXT_LENGTH, 'The landing page.')),
  imgUrl: Type.Optional(text(MAX_TEXT_LENGTH, 'The picture.')),
  domain: Type.Optional(text(MAX_TEXT_LENGTH, 'The domain of the coupon page.')),
  grpIdx: Type.Optional(integer(0, MAX_INT, 'The coupon group; 0 is none.')),
  tmplIdx: Type.Optional(integer(0, MAX_INT, 'The template; 0 is none.')),
  userId: Type.Optional(text(200, 'Whom the coupon was issued to: your id of the user.')),
  userNm: Type.Optional(text(200, 'Whom it was issued to: the name.')),
  userPhnno: Type.Optional(text(200, 'Whom it was issued to: the phone number.')),
  userEml: Type.Optional(text(200, 'Whom it was issued to: the e-mail address.')),
  userEtc1: Type.Optional(text(MAX_TEXT_LENGTH, 'Whom it was issued to: a note.')),
  userEtc2: Type.Optional(text(MAX_TEXT_LENGTH, 'Whom it was issued to: another note.')),
  webhookEnableYn: Type.Optional(yesOrNo('`Y`: its redemptions are reported to your webhook.')),
}

/** What an issuer may set in a profile. */
export function couponFields({ unknownInput, maxUseLimit }: ApiProfile): typeof allCouponFields {
  return leaveOut(unknownInput.coupon, {
    ...allCouponFields,
    useLimit: Type.Optional(useLimit(maxUseLimit)),
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

/** The wire's name of each field that the core finds problems in. */
const WIRE_NAMES: Record<FieldProblem['field'], string> = {
  discount: 'disc',
  currency: 'discCurrency',
  startsOn: 'strtYmd',
  endsOn: 'endYmd',
  useLimit: 'useLimit',
  userLimit: 'userLimit',
  onsite: 'onsiteYn',
  onsitePassword: 'onsitePwd',
  groupId: 'grpIdx',
  templateId: 'tmplIdx',
  memo: 'memo',
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
  const problem: Phrase = ({ problems }) =>
    typed === ''
      ? problems.empty
      : typed.length > 40
        ? problems.characters(typed.length)
        : problems.notCouponNumber
  throw invalidInput([{ field: 'cpnNo', problem, allowed: allowed((it) => it.couponNumber) }])
}

/** An empty text stands for none in the contract. */
export function emptyToNull(value: string | undefined): string | null {
  return value === undefined || value === '' ? null : value
}

/** 0 stands for no group and no template, as validate answers them. */
function zeroToNull(value: number): number | null {
  return value === 0 ? null : value
}

function toDiscountKind(discTypeIdx: typeof PERCENT | typeof AMOUNT) {
  return discTypeIdx === PERCENT ? 'percent' : 'amount'
}

/** Translates the fields of a new coupon. */
export function toNewCoupon({
  discTypeIdx,
  disc,
  ...fields
}: CouponFields & Required<Pick<CouponFields, 'discTypeIdx' | 'disc'>>): Pick<
  CreateCouponInput,
  'coupon' | 'onsitePassword'
> {
  const { onsitePassword, ...settings } = toChanges(fields)
  return {
    coupon: { ...settings, discountKind: toDiscountKind(discTypeIdx), discount: disc },
    ...(onsitePassword === undefined ? {} : { onsitePassword }),
  }
}

export function toDiscTypeIdx(discountKind: Coupon['discountKind']) {
  return discountKind === 'percent' ? PERCENT : AMOUNT
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

/** Says the core's problems in the contract's names of the fields. */
export function toWireProblems(problems: readonly FieldProblem[]): readonly InputProblem[] {
  return problems.map((it) => ({
    field: WIRE_NAMES[it.field],
    problem: (texts) => tellRule(texts, it)[0],
    allowed: (texts) => tellRule(texts, it)[1],
  }))
}

export function invalidFields(problems: readonly FieldProblem[]) {
  return invalidInput(toWireProblems(problems))
}

/**
 * The coupon as the contract's validate answers it. The on-site password is never told.
 * @param language of `formatDiscCurrency`
 */
export function toWireCoupon(coupon: Coupon, language: Language) {
  const { issuedTo } = coupon
  return {
    cpnNo: coupon.code,
    nm: coupon.name,
    discTypeIdx: toDiscTypeIdx(coupon.discountKind),
    disc: coupon.discount,
    discCurrency: coupon.currency ?? '',
    formatDiscCurrency: formatDiscount(coupon, language),
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
    ...toWireIssuedTo(issuedTo),
    webhookEnableYn: coupon.webhookEnabled ? 'Y' : 'N',
    regYmdt: coupon.createdAtLocal,
  }
}

function toWireIssuedTo(issuedTo: IssuedTo) {
  return {
    userId: issuedTo.userId ?? '',
    userNm: issuedTo.name ?? '',
    userPhnno: issuedTo.phone ?? '',
    userEml: issuedTo.email ?? '',
    userEtc1: issuedTo.note1 ?? '',
    userEtc2: issuedTo.note2 ?? '',
  } satisfies Record<(typeof ISSUED_TO)[keyof IssuedTo], string>
}

/** With what only our service knows, for callers that ask for it. */
export function toWireRepresentation(coupon: Coupon, language: Language) {
  return {
    ...toWireCoupon(coupon, language),
    cpnId: coupon.id,
    userLimit: coupon.userLimit,
    heldCnt: coupon.usage.held,
    remaining: coupon.usage.remaining,
    onsitePwdYn: coupon.requiresOnsitePassword ? 'Y' : 'N',
  }
}
