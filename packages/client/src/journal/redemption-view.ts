import type { Queryable } from '@coupon-gateway/database'
import type { RedemptionStatus } from '../logged-redemption.ts'
import { findHold, findHoldByKey, type Hold } from './holds.ts'
import { type JournalEntry, readEntry } from './journal-entry.ts'
import { type RollbackRow, readRollback } from './rollback-row.ts'

/** A redemption as a native upstream would send it. */
export interface WireRedemption {
  readonly redemptionId: string
  readonly cpnNo: string
  /** The upstream names no coupon either. */
  readonly cpnId: string
  readonly status: RedemptionStatus
  readonly ordinal: null
  readonly userId: string | null
  readonly memo: string
  readonly idempotencyKey: string
  readonly takenAt: string
  readonly redeemedAt: string | null
  readonly expiresAt: string | null
  readonly endedAt: string | null
  readonly rollbackReason: string | null
}

/**
 * Finds what became of a key; null when it had no effect and its caller was told, as if it had never been used. Who asks
 * about an answer that was lost is told when it is settled that nothing happened.
 */
export async function findRecord(
  queryable: Queryable,
  idempotencyKey: string,
): Promise<WireRedemption | null> {
  const hold = await findHoldByKey(queryable, idempotencyKey)
  const entry = await readEntry(queryable, idempotencyKey)
  if (entry === null || (entry.state === 'NO_EFFECT' && (hold !== null || wasTold(entry)))) {
    return hold && recordOfHold(hold)
  }
  const rollback = await readRollback(queryable, idempotencyKey)
  return recordOfEntry(entry, hold, rollback)
}

/** Finds it by the id that an answer gave: of a reservation the reservation's, else the key. */
export async function findRecordById(
  queryable: Queryable,
  id: string,
): Promise<WireRedemption | null> {
  const hold = await findHold(queryable, id)
  return findRecord(queryable, hold?.idempotencyKey ?? id)
}

export function recordOfHold(hold: Hold): WireRedemption {
  const { id, idempotencyKey, code, userId, memo, state, expiresAt, releasedAt, createdAt } = hold
  return {
    redemptionId: id,
    cpnNo: code,
    cpnId: code,
    status: state,
    ordinal: null,
    userId,
    memo: memo ?? '',
    idempotencyKey,
    takenAt: createdAt.toISOString(),
    redeemedAt: null,
    expiresAt: expiresAt.toISOString(),
    endedAt: (state === 'EXPIRED' ? expiresAt : releasedAt)?.toISOString() ?? null,
    rollbackReason: null,
  }
}

function recordOfEntry(
  entry: JournalEntry,
  hold: Hold | null,
  rollback: RollbackRow | null,
): WireRedemption {
  const { idempotencyKey, code, userId, memo } = entry
  return {
    redemptionId: idempotencyKey,
    cpnNo: code,
    cpnId: code,
    status: statusOf(entry.state),
    ordinal: null,
    userId,
    memo: memo ?? '',
    idempotencyKey,
    takenAt: (hold?.createdAt ?? entry.begunAt).toISOString(),
    redeemedAt: 'redeemedAt' in entry ? entry.redeemedAt.toISOString() : null,
    expiresAt: hold?.expiresAt.toISOString() ?? null,
    endedAt: rollback?.rolledBackAt?.toISOString() ?? null,
    rollbackReason: entry.state === 'ROLLED_BACK' ? (rollback?.reason ?? null) : null,
  }
}

function wasTold({ evidence }: Extract<JournalEntry, { state: 'NO_EFFECT' }>): boolean {
  return evidence === 'REJECTED' || evidence === 'NEVER_SENT'
}

function statusOf(state: JournalEntry['state']): RedemptionStatus {
  switch (state) {
    case 'REDEEMED':
    case 'ROLLED_BACK':
      return state
    case 'NO_EFFECT':
      return 'REJECTED'
    default:
      return 'PENDING'
  }
}
