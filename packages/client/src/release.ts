import { requireRedemptionId } from './call-input.ts'
import { type LoggedRedemption, readLoggedRedemption } from './logged-redemption.ts'
import type { KeyedInput, KeyedResult, WriteOperation } from './operation.ts'
import { nameRejection, type UnknownRejection, type WriteRefusal } from './rejection.ts'

export interface ReleaseInput extends KeyedInput {
  /** `id` of the reservation. */
  readonly reservationId: string
}

const RELEASE_REJECTIONS = [
  /** There is none with this id, or it was confirmed: that is rolled back instead. */
  'RESERVATION_NOT_FOUND',
] as const

/** Why a reservation was not given back. */
export type ReleaseRejection = (typeof RELEASE_REJECTIONS)[number]

export type ReleaseResult =
  /** `redemption` as this step left it, also in a replay. */
  | ({ readonly outcome: 'released'; readonly redemption: LoggedRedemption } & KeyedResult)
  | { readonly outcome: 'rejected'; readonly reason: ReleaseRejection }
  | UnknownRejection
  | WriteRefusal

export const releaseOperation: WriteOperation<ReleaseInput, ReleaseResult> = {
  toRequest: ({ reservationId }) => ({
    method: 'POST',
    resource: 'release',
    body: { reservationId: requireRedemptionId('reservationId', reservationId) },
  }),
  toJournalStep: ({ reservationId }) => ({ kind: 'release', reservationId }),
  toResult(verdict, idempotencyKey) {
    if (verdict.kind === 'rejected') return nameRejection(verdict, RELEASE_REJECTIONS)
    const { result, replayed } = verdict
    const redemption = readLoggedRedemption(result)
    return { outcome: 'released', redemption, idempotencyKey, replayed }
  },
}
