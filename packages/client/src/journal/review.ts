import type { Queryable } from '@coupon-gateway/database'
import { changeCounts, lockCoupon } from './journal-coupon.ts'
import { type JournalEntry, readEntries, readEntry } from './journal-entry.ts'
import { recordEffect, recordNoEffect } from './record.ts'
import { finishRollback, readRollback } from './rollback-row.ts'

/** What a person found out about a redemption. */
export type Finding = 'redeemed' | 'no-effect' | 'rolled-back'

/**
 * Redemptions that are not settled, also those of a client that is gone, and those that seem to have happened twice.
 * Oldest first.
 */
export function listOpenEntries(queryable: Queryable, limit: number): Promise<JournalEntry[]> {
  return readEntries(
    queryable,
    `where e.state = 'PENDING' or e.review is not null
       or e.state = 'SENDING'
         and not exists (select from journal_owner o where o.id = e.owner and o.alive_until > clock_timestamp())
     order by e.begun_at, e.idempotency_key limit $1`,
    [limit],
  )
}

export type SettleOutcome =
  | { readonly outcome: 'settled' }
  | { readonly outcome: 'not-found' }
  /** It is decided already, or still in flight: its state says which. */
  | { readonly outcome: 'not-open'; readonly state: JournalEntry['state'] }

/**
 * Settles a redemption by what a person found out. One that happened twice is settled by the word that it was
 * looked after: the finding is then `redeemed`.
 */
export async function settleByPerson(
  transaction: Queryable,
  idempotencyKey: string,
  finding: Finding,
): Promise<SettleOutcome> {
  const seen = await readEntry(transaction, idempotencyKey)
  if (seen === null) return { outcome: 'not-found' }
  await lockCoupon(transaction, seen.code)
  const entry = await readEntry(transaction, idempotencyKey)
  if (entry === null) return { outcome: 'not-found' }
  const { state } = entry
  if (finding === 'rolled-back') {
    const rollback = await readRollback(transaction, idempotencyKey)
    if (rollback?.step !== 'NEEDS_REVIEW') return { outcome: 'not-open', state }
    await finishRollback(transaction, rollback)
    return { outcome: 'settled' }
  }
  if (state === 'PENDING' || state === 'NEEDS_REVIEW') {
    if (finding === 'redeemed') {
      await recordEffect(transaction, entry, entry.attempt, 'PERSON')
    } else {
      await recordNoEffect(transaction, entry, 'PERSON')
    }
    return { outcome: 'settled' }
  }
  if (state === 'REDEEMED' && entry.review !== null && finding === 'redeemed') {
    const version = await changeCounts(transaction, entry.code, {})
    await transaction.query(
      `update journal_entry set review = null, lost_attempts = 0, version = $2 where idempotency_key = $1`,
      [idempotencyKey, version],
    )
    return { outcome: 'settled' }
  }
  return { outcome: 'not-open', state }
}
