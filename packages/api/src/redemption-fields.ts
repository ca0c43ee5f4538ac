import { MAX_REASON_LENGTH, type Redemption } from '@coupon-gateway/core'
import { Type } from 'typebox'
import { invalidInput } from './api-error.ts'
import { emptyToNull, TEXT_FORMAT } from './coupon-fields.ts'
import { allowed } from './messages/allowed.ts'

/** The wire's spelling of a redemption and of what can be asked about it. */

export const STATUSES = ['RESERVED', 'REDEEMED', 'RELEASED', 'EXPIRED', 'ROLLED_BACK'] as const

const id = (description: string) =>
  Type.String({
    pattern: '^[!-~]{1,64}$',
    allowed: allowed((it) => it.id),
    description,
    examples: ['01a20c8f-3b1e-7cc2-9f0a-5d1f6a3f2b11'],
  })
export const reservationId = () => id('`reservationId` of `reserve`.')
export const redemptionId = () =>
  id('`redemptionId` of `redeem`, of `confirm` or of the log. A `reservationId` is one too.')

export const rollbackReason = () =>
  Type.String({
    minLength: 1,
    maxLength: MAX_REASON_LENGTH,
    pattern: '^[^\\u0000]*$',
    format: TEXT_FORMAT,
    allowed: allowed((it) => it.textOf(1, MAX_REASON_LENGTH)),
    description: 'Why, for the log.',
    examples: ['order cancelled'],
  })

/** The calendar's days are checked when it is read. */
const DAY = '(19[7-9][0-9]|[2-9][0-9]{3})-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])'
const TIME = '([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.][0-9]{1,9})?)?'
const ZONE = '(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])'
const MOMENT = {
  pattern: `^(${DAY}T${TIME}${ZONE})?$`,
  allowed: allowed((it) => it.moment),
}

export const moment = (description: string) =>
  Type.String({ ...MOMENT, description, examples: ['2026-11-24T00:00:00Z'] })

/**
 * Reads a moment that was validated already; empty is none.
 * @throws ApiError INVALID_INPUT a day that the calendar does not have
 */
export function readMoment(field: string, text: string | undefined): Date | null {
  const given = emptyToNull(text)
  if (given === null) return null
  const day = given.slice(0, 10)
  // A day past the end of its month would be taken for one of the next.
  if (new Date(`${day}T00:00:00Z`).toISOString().slice(0, 10) !== day) {
    throw invalidInput([
      { field, problem: ({ problems }) => problems.noCalendarDay(day), allowed: MOMENT.allowed },
    ])
  }
  return new Date(given)
}

const orNull = (description: string) =>
  Type.Union([Type.String({ format: 'date-time' }), Type.Null()], { description })

/** The redemption as answers have it. */
export const redemptionAnswer = Type.Object(
  {
    redemptionId: Type.String({
      format: 'uuid',
      description: 'Of a reservation, its `reservationId`.',
    }),
    cpnNo: Type.String({ description: 'The coupon number.' }),
    cpnId: Type.String({
      format: 'uuid',
      description: 'The identity of the coupon: its number may stand for another one by now.',
    }),
    status: Type.Enum([...STATUSES], {
      description:
        'RESERVED holds a unit until `expiresAt`, REDEEMED has taken it. RELEASED, EXPIRED and ROLLED_BACK gave it back.',
    }),
    ordinal: Type.Union([Type.Integer({ minimum: 1 }), Type.Null()], {
      description: 'Which of the units of the coupon it is, from 1. Null for an unlimited coupon.',
    }),
    userId: Type.Union([Type.String(), Type.Null()], {
      description: 'Who redeemed it; null where nobody was named.',
    }),
    memo: Type.String({ description: 'The note that came with it.' }),
    idempotencyKey: Type.Union([Type.String(), Type.Null()], {
      description: 'The key of the call that took the unit.',
    }),
    takenAt: Type.String({
      format: 'date-time',
      description: 'When its unit was taken, by `redeem` or by `reserve`.',
    }),
    redeemedAt: orNull('When it was redeemed, or confirmed.'),
    expiresAt: orNull('Of what was reserved: until when it held its unit.'),
    endedAt: orNull('When it was released, found to have expired, or rolled back.'),
    rollbackReason: Type.Union([Type.String(), Type.Null()], {
      description: 'Why it was rolled back.',
    }),
  },
  { title: 'Redemption', additionalProperties: false },
)

export type WireRedemption = ReturnType<typeof toWireRedemption>

/** The redemption as every call answers it, its fields in the order of the columns of an export. */
export function toWireRedemption(it: Redemption) {
  return {
    redemptionId: it.redemptionId,
    cpnNo: it.code,
    cpnId: it.couponId,
    status: it.status,
    ordinal: it.ordinal,
    userId: it.userId,
    memo: it.memo,
    idempotencyKey: it.idempotencyKey,
    takenAt: it.takenAt,
    redeemedAt: it.redeemedAt,
    expiresAt: it.expiresAt,
    endedAt: it.endedAt,
    rollbackReason: it.rollbackReason,
  }
}

/** For the document. */
export const REDEMPTION_EXAMPLE: WireRedemption = {
  redemptionId: '01a20c8f-3b1e-7cc2-9f0a-5d1f6a3f2b11',
  cpnNo: 'FRIENDS05' as WireRedemption['cpnNo'],
  cpnId: '01a20c8e-51d3-7a40-8c3f-0b6e54c2a9d7',
  status: 'REDEEMED',
  ordinal: 1,
  userId: 'user-17',
  memo: 'checkout',
  idempotencyKey: 'order-1001',
  takenAt: '2026-11-24T07:14:20.381Z',
  redeemedAt: '2026-11-24T07:15:02.114Z',
  expiresAt: '2026-11-24T07:29:20.381Z',
  endedAt: null,
  rollbackReason: null,
}
