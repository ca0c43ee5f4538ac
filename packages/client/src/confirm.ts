import { requireRedemptionId } from './call-input.ts'
import { type LoggedRedemption, readLoggedRedemption } from './logged-redemption.ts'
import type { KeyedInput, KeyedResult, WriteOperation } from './operation.ts'
import { nameRejection, type UnknownRejection, type WriteRefusal } from './rejection.ts'

export interface ConfirmInput extends KeyedInput {
  /** `id` of the reservation. */
  readonly reservationId: string
}

const CONFIRM_REJECTIONS = [
  /** There is none with this id, or it was released. */
  'RESERVATION_NOT_FOUND',
  /** Its time was over, and no unit was free any more. */
  'RESERVATION_EXPIRED',
  /** From here on hosted: the coupon is decided about at the confirmation, and may have changed since. */
  'NOT_FOUND',
  'NOT_STARTED',
  'EXPIRED',
  'ALREADY_REDEEMED_BY_USER',
  'USER_ID_REQUIRED',
  'ONSITE_PASSWORD_REQUIRED',
] as const

/** Why a reservation was not made a redemption. */
export type ConfirmRejection = (typeof CONFIRM_REJECTIONS)[number]

export type ConfirmResult =
  /** `redemption` as this step left it, also in a replay. */
  | ({ readonly outcome: 'confirmed'; readonly redemption: LoggedRedemption } & KeyedResult)
  | { readonly outcome: 'rejected'; readonly reason: ConfirmRejection }
  | UnknownRejection
  | WriteRefusal

export const confirmOperation: WriteOperation<ConfirmInput, ConfirmResult> = {
  toRequest: ({ reservationId }) => ({
    method: 'POST',
    resource: 'confirm',
    body: { reservationId: requireRedemptionId('reservationId', reservationId) },
  }),
  toJournalStep: ({ reservationId }) => ({ kind: 'confirm', reservationId }),
  toResult(verdict, idempotencyKey) {
    if (verdict.kind === 'rejected') return nameRejection(verdict, CONFIRM_REJECTIONS)
    const { result, replayed } = verdict
    const redemption = readLoggedRedemption(result)
    return { outcome: 'confirmed', redemption, idempotencyKey, replayed }
  },
}
