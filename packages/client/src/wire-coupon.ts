import { parseCouponCode } from '@coupon-gateway/coupon-code'
import { isRecord } from './envelope.ts'
import type { CouponSettings, IssuedTo, UpstreamCoupon } from './upstream-coupon.ts'

type WireFields = Readonly<Record<string, unknown>>

const PERCENT = 457
const AMOUNT = 458

/** Our name of a setting → its name on the wire. Whom it was issued to is spread over six fields, below. */
const WIRE_NAMES = {
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
  webhookEnabled: 'webhookEnableYn',
} as const satisfies Record<Exclude<keyof CouponSettings, 'issuedTo'>, string>

const ISSUED_TO_WIRE_NAMES = {
  userId: 'userId',
  name: 'userNm',
  phone: 'userPhnno',
  email: 'userEml',
  note1: 'userEtc1',
  note2: 'userEtc2',
} as const satisfies Record<keyof IssuedTo, string>

const FIELD_NAMES: ReadonlyMap<string, string> = new Map([
  ['cpnNo', 'code'],
  ['cpnNoDigits', 'codeLength'],
  ['cpnNos', 'codes'],
  ['from', 'takenFrom'],
  ['to', 'takenBefore'],
  ...Object.entries(WIRE_NAMES).map(([field, wireName]) => [wireName, field] as const),
])

/** Our name of a field that the upstream complains of; the wire's own where we have none. */
export function toFieldName(wireName: string): string {
  return FIELD_NAMES.get(wireName) ?? wireName
}

/** Settings as create and update send them. Those left out stay out. */
export function writeSettings(settings: CouponSettings): WireFields {
  const fields: Record<string, unknown> = {}
  for (const [field, wireName] of entries(WIRE_NAMES)) {
    const value = settings[field]
    if (value !== undefined) fields[wireName] = writeSetting(field, value)
  }
  for (const [field, wireName] of entries(ISSUED_TO_WIRE_NAMES)) {
    const value = settings.issuedTo?.[field]
    if (value !== undefined) fields[wireName] = value
  }
  return fields
}

function writeSetting(
  field: keyof typeof WIRE_NAMES,
  value: string | number | boolean | null,
): string | number {
  if (field === 'discountKind') return value === 'percent' ? PERCENT : AMOUNT
  if (typeof value === 'boolean') return value ? 'Y' : 'N'
  // Only the ends of the period can be null, and the wire's word for an open end is the empty text.
  return value ?? ''
}

/**
 * Reads a coupon of validate, create or update. A hosted upstream sends the on-site password in clear: it ends
 * here, and only whether there is one goes on.
 *
 * @returns null when it is not a coupon of the contract
 */
export function readCoupon(wire: unknown): UpstreamCoupon | null {
  if (!isRecord(wire)) return null
  const code = parseCouponCode(text(wire.cpnNo))
  const discountKind = readDiscountKind(wire.discTypeIdx)
  const discount = number(wire.disc)
  const useLimit = number(wire.useLimit)
  const used = number(wire.useCnt)
  const held = number(wire.heldCnt)
  if (code === undefined || discountKind === null || discount === null) return null
  // A count that is not there is not 0: a journal would take that for proof that nothing happened.
  if (useLimit === null || used === null) return null
  return {
    id: text(wire.cpnId) || code,
    code,
    name: text(wire.nm),
    discountKind,
    discount,
    currency: text(wire.discCurrency) || null,
    formattedDiscount: text(wire.formatDiscCurrency),
    startsOn: text(wire.strtYmd) || null,
    endsOn: text(wire.endYmd) || null,
    useLimit,
    used,
    held,
    remaining: useLimit === 0 ? null : Math.max(0, useLimit - used - (held ?? 0)),
    userLimit: number(wire.userLimit),
    onsite: wire.onsiteYn === 'Y',
    requiresOnsitePassword:
      wire.onsitePwdYn === undefined ? text(wire.onsitePwd) !== '' : wire.onsitePwdYn === 'Y',
    memo: text(wire.memo),
    url: text(wire.url),
    imageUrl: text(wire.imgUrl),
    domain: text(wire.domain),
    groupId: number(wire.grpIdx),
    templateId: number(wire.tmplIdx),
    issuedTo: readIssuedTo(wire),
    webhookEnabled: wire.webhookEnableYn === 'Y',
    createdAtLocal: text(wire.regYmdt),
  }
}

function readDiscountKind(discTypeIdx: unknown): UpstreamCoupon['discountKind'] | null {
  switch (number(discTypeIdx)) {
    case PERCENT:
      return 'percent'
    case AMOUNT:
      return 'amount'
    default:
      return null
  }
}

const ISSUED_TO_ENTRIES = entries(ISSUED_TO_WIRE_NAMES)

function readIssuedTo(wire: WireFields): IssuedTo {
  // A loop, since every validate passes here: chained array methods cost a twentieth of the whole call.
  const issuedTo: { -readonly [Field in keyof IssuedTo]: string } = {}
  for (const [field, wireName] of ISSUED_TO_ENTRIES) {
    const value = text(wire[wireName])
    if (value !== '') issuedTo[field] = value
  }
  return issuedTo as IssuedTo
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

/** Also a number in quotes, which services of this kind like to send. */
function number(value: unknown): number | null {
  if (value === null || value === '' || typeof value === 'boolean') return null
  const read = typeof value === 'number' || typeof value === 'string' ? Number(value) : Number.NaN
  return Number.isFinite(read) ? read : null
}

function entries<Table extends object>(table: Table) {
  return Object.entries(table) as [keyof Table, Table[keyof Table]][]
}
