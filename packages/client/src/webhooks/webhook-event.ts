import { isRecord } from '../envelope.ts'

/** The coupon of an event, as it was then. */
export interface EventCoupon {
  /** Identity of this coupon: a code that is deleted and created anew gets another. */
  readonly id: string
  readonly code: string
  readonly name: string
  readonly discountKind: 'percent' | 'amount'
  /** Percent from 1 to 100, or an amount in units of `currency`. */
  readonly discount: number
  /** ISO 4217; null of a percentage without one. */
  readonly currency: string | null
  readonly groupId: number | null
  /** 0 is unlimited. */
  readonly useLimit: number
}

/** The redemption of an event. */
export interface EventRedemption {
  readonly id: string
  /** The how-manieth unit of the coupon, from 1; null of an unlimited coupon. */
  readonly ordinal: number | null
  readonly userId: string | null
  /** As it was sent. */
  readonly memo: string
  /** The key that it was sent with; null without one. */
  readonly idempotencyKey: string | null
  readonly redeemedAt: Date
}

interface EventBase {
  /** The same over all attempts to deliver it. */
  readonly id: string
  /** Grows in the order of the events of one code; gaps mean nothing. */
  readonly sequence: number
  readonly occurredAt: Date
  readonly coupon: EventCoupon
}

/** What became of a coupon. */
export type CouponEvent =
  | (EventBase & { readonly type: 'redeemed'; readonly redemption: EventRedemption })
  | (EventBase & {
      readonly type: 'rolled-back'
      readonly redemption: EventRedemption
      readonly rollbackReason: string
    })
  | (EventBase & { readonly type: 'deleted' })

type Wire = Readonly<Record<string, unknown>>

/**
 * Reads the body that our api sends. Unknown fields are passed over.
 * @returns null for a body of another form: that of the hosted service is not documented
 */
export function parseCouponEvent(body: unknown): CouponEvent | null {
  if (!isRecord(body) || !isRecord(body.coupon)) return null
  const { eventId: id, sequence, type } = body
  const occurredAt = toDate(body.occurredAt)
  const coupon = toCoupon(body.coupon)
  if (typeof id !== 'string' || !Number.isSafeInteger(sequence)) return null
  if (occurredAt === null || coupon === null) return null
  const base = { id, sequence: sequence as number, occurredAt, coupon }
  if (type === 'coupon.deleted') return { ...base, type: 'deleted' }
  const redemption = isRecord(body.redemption) ? toRedemption(body.redemption) : null
  if (redemption === null) return null
  if (type === 'coupon.redeemed') return { ...base, type: 'redeemed', redemption }
  const rollbackReason = (body.redemption as Wire).rollbackReason
  return type === 'coupon.rolled_back' && typeof rollbackReason === 'string'
    ? { ...base, type: 'rolled-back', redemption, rollbackReason }
    : null
}

function toCoupon(wire: Wire): EventCoupon | null {
  const { cpnId: id, cpnNo: code, nm: name, disc: discount, discTypeIdx, useLimit } = wire
  return typeof id === 'string' &&
    typeof code === 'string' &&
    typeof name === 'string' &&
    typeof discount === 'number' &&
    typeof useLimit === 'number' &&
    (discTypeIdx === PERCENT || discTypeIdx === AMOUNT)
    ? {
        id,
        code,
        name,
        discountKind: discTypeIdx === PERCENT ? 'percent' : 'amount',
        discount,
        currency: toText(wire.discCurrency),
        groupId: typeof wire.grpIdx === 'number' && wire.grpIdx !== 0 ? wire.grpIdx : null,
        useLimit,
      }
    : null
}

/** `discTypeIdx` of the contract. */
const PERCENT = 457
const AMOUNT = 458

function toRedemption(wire: Wire): EventRedemption | null {
  const { redemptionId: id, ordinal, memo } = wire
  const redeemedAt = toDate(wire.redeemedAt)
  return typeof id === 'string' && typeof memo === 'string' && redeemedAt !== null
    ? {
        id,
        ordinal: typeof ordinal === 'number' ? ordinal : null,
        userId: toText(wire.userId),
        memo,
        idempotencyKey: toText(wire.idempotencyKey),
        redeemedAt,
      }
    : null
}

/** An empty text stands for none in the contract. */
function toText(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null
}

function toDate(value: unknown): Date | null {
  const date = typeof value === 'string' ? new Date(value) : null
  return date === null || Number.isNaN(date.getTime()) ? null : date
}
