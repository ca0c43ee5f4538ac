import { requireHeaderText, requireRedemptionId } from './call-input.ts'
import { type LoggedRedemption, readLoggedRedemption } from './logged-redemption.ts'
import type { ReadOperation } from './operation.ts'
import { nameRejection, type UnknownRejection } from './rejection.ts'

/** By its id, or by the key that it was taken under: what became of a call whose answer was lost. */
export type FindRedemptionInput =
  | { readonly redemptionId: string }
  | { readonly idempotencyKey: string }

const FIND_REDEMPTION_REJECTIONS = ['REDEMPTION_NOT_FOUND'] as const

export type FindRedemptionRejection = (typeof FIND_REDEMPTION_REJECTIONS)[number]

export type FindRedemptionResult =
  | { readonly outcome: 'found'; readonly redemption: LoggedRedemption }
  | { readonly outcome: 'rejected'; readonly reason: FindRedemptionRejection }
  | UnknownRejection

export const findRedemptionOperation: ReadOperation<FindRedemptionInput, FindRedemptionResult> = {
  toRequest: (input) => ({
    method: 'GET',
    resource: 'redemptions',
    ...('redemptionId' in input
      ? { id: requireRedemptionId('redemptionId', input.redemptionId) }
      : {
          query: { idempotencyKey: requireHeaderText('idempotencyKey', input.idempotencyKey) },
        }),
  }),
  toJournalStep: (by) => ({ kind: 'find', by }),
  toResult(verdict) {
    return verdict.kind === 'rejected'
      ? nameRejection(verdict, FIND_REDEMPTION_REJECTIONS)
      : { outcome: 'found', redemption: readLoggedRedemption(verdict.result) }
  },
}
