import { requireRedemptionId } from './call-input.ts'
import { type LoggedRedemption, readLoggedRedemption } from './logged-redemption.ts'
import type { KeyedInput, KeyedResult, WriteOperation } from './operation.ts'
import { nameRejection, type UnknownRejection, type WriteRefusal } from './rejection.ts'

export interface RollbackInput extends KeyedInput {
  /** `id` of the redemption. */
  readonly redemptionId: string
  /** Why, for the log, 1 to 500 characters. */
  readonly reason: string
}

const ROLLBACK_REJECTIONS = [
  'REDEMPTION_NOT_FOUND',
  /** By a rollback with another key. */
  'ALREADY_ROLLED_BACK',
  /** The upstream has no way to give this unit back: hosted, any but that of a single use outside a shop. */
  'ROLLBACK_UNSUPPORTED',
] as const

/** Why a redemption was not given back. */
export type RollbackRejection = (typeof ROLLBACK_REJECTIONS)[number]

export type RollbackResult =
  /** `redemption` as this step left it, also in a replay. */
  | ({ readonly outcome: 'rolled-back'; readonly redemption: LoggedRedemption } & KeyedResult)
  | { readonly outcome: 'rejected'; readonly reason: RollbackRejection }
  | UnknownRejection
  | WriteRefusal

export const rollbackOperation: WriteOperation<RollbackInput, RollbackResult> = {
  toRequest: ({ redemptionId, reason }) => ({
    method: 'POST',
    resource: 'rollback',
    body: { redemptionId: requireRedemptionId('redemptionId', redemptionId), reason },
  }),
  toJournalStep: ({ redemptionId, reason }) => ({ kind: 'rollback', redemptionId, reason }),
  toResult(verdict, idempotencyKey) {
    if (verdict.kind === 'rejected') return nameRejection(verdict, ROLLBACK_REJECTIONS)
    const { result, replayed } = verdict
    const redemption = readLoggedRedemption(result)
    return { outcome: 'rolled-back', redemption, idempotencyKey, replayed }
  },
}
