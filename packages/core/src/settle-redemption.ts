import type { CouponCode } from '@coupon-gateway/coupon-code'
import type { Queryable } from '@coupon-gateway/database'
import { fingerprint, type IdempotencyKey, type WriteRefusal } from './idempotency.ts'
import { CONSTANT_COLUMNS, type Redemption } from './redemption.ts'
import { requireText } from './text-bounds.ts'

/** What a step stores of the redemption or reservation that it moved on. */
export interface SettledRedemption {
  readonly redemptionId: string
  readonly code: CouponCode
  readonly status: RedemptionStatus
  readonly ordinal: number | null
  readonly userId: string | null
  readonly memo: string
  /** Moments are ISO 8601 in UTC by the database's clock; null while they have not come. */
  readonly redeemedAt: string | null
  readonly expiresAt: string | null
  /** When it was released, found to have expired, or rolled back. */
  readonly endedAt: string | null
  readonly rollbackReason: string | null
}

/**
 * ```text
 *              ┌─ confirm ─► REDEEMED ── rollback ─► ROLLED_BACK
 *   RESERVED ──┼─ release ─► RELEASED     ▲
 *              └─ time ────► EXPIRED ─────┘ late confirm, where a unit is free
 * ```
 */
export type RedemptionStatus = 'RESERVED' | 'REDEEMED' | 'RELEASED' | 'EXPIRED' | 'ROLLED_BACK'

export interface SettleInput {
  readonly accountId: number
  readonly redemptionId: string
  readonly idempotencyKey: IdempotencyKey | null
}

/** Longest reason of a rollback, in characters. */
export const MAX_REASON_LENGTH = 500

export interface RollbackInput extends SettleInput {
  /** Why, for the log, 1 to 500 characters. */
  readonly reason: string
}

export type SettleResult<Reason> =
  | {
      readonly outcome: 'settled'
      /** As the step left it, also in a replay, whatever became of it since. */
      readonly redemption: Redemption
      readonly replayed: boolean
    }
  | { readonly outcome: 'rejected'; readonly reason: Reason }
  | WriteRefusal

/** `RESERVATION_EXPIRED`: its time was over, and no unit was free any more. */
export type ConfirmResult = SettleResult<'RESERVATION_NOT_FOUND' | 'RESERVATION_EXPIRED'>
export type ReleaseResult = SettleResult<'RESERVATION_NOT_FOUND'>
export type RollbackResult = SettleResult<'REDEMPTION_NOT_FOUND' | 'ALREADY_ROLLED_BACK'>

/**
 * Makes a reservation a redemption. After its time was over it takes a unit if one is free. Confirming again
 * answers the same.
 */
export function confirmReservation(
  database: Queryable,
  input: SettleInput,
): Promise<ConfirmResult> {
  return settle(database, 'CONFIRM', input, null)
}

/** Gives the unit of a reservation back at once. Releasing again, or after its time was over, changes nothing. */
export function releaseReservation(
  database: Queryable,
  input: SettleInput,
): Promise<ReleaseResult> {
  return settle(database, 'RELEASE', input, null)
}

/**
 * Gives the unit of a redemption back, and the user's own use, exactly once (rule 9). The redemption stays in the log.
 * @throws RangeError `reason` is out of its bounds
 */
export async function rollbackRedemption(
  database: Queryable,
  input: RollbackInput,
): Promise<RollbackResult> {
  requireText('reason', input.reason, { min: 1, max: MAX_REASON_LENGTH })
  return settle(database, 'ROLLBACK', input, input.reason)
}

type Decision<Reason> =
  | { readonly outcome: 'settled'; readonly answer: SettledRedemption }
  | { readonly outcome: 'replayed'; readonly answer: SettledRedemption }
  | { readonly outcome: 'rejected'; readonly reason: Reason }
  | WriteRefusal

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i
const NO_REDEMPTION = '00000000-0000-0000-0000-000000000000'

type ConstantColumns = Pick<Redemption, 'couponId' | 'idempotencyKey' | 'takenAt'>

/** One statement: `settle_redemption` in `migrations/0002-decide.sql`, and what its answer leaves out. */
async function settle<Reason>(
  database: Queryable,
  step: 'CONFIRM' | 'RELEASE' | 'ROLLBACK',
  { accountId, redemptionId, idempotencyKey }: SettleInput,
  reason: string | null,
): Promise<SettleResult<Reason>> {
  // What is no UUID names no redemption: the database has its own word for it, which is no error here.
  const id = UUID.test(redemptionId) ? redemptionId : NO_REDEMPTION
  const [row] = await database.query<{ decision: Decision<Reason> } & ConstantColumns>(
    `select decision, ${CONSTANT_COLUMNS}
     from (select settle_redemption($1, $2, $3, $4, $5, $6) as decision) as settled
     left join redemption on redemption.account_id = $2 and redemption.id = $3`,
    [step, accountId, id, reason, idempotencyKey, fingerprint(step, { redemptionId, reason })],
  )
  if (row === undefined) throw new Error('settle_redemption gave no decision')
  const { decision, ...constant } = row
  return decision.outcome === 'settled' || decision.outcome === 'replayed'
    ? {
        outcome: 'settled',
        redemption: { ...decision.answer, ...constant },
        replayed: decision.outcome === 'replayed',
      }
    : decision
}
