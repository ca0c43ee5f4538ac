import type { Queryable } from '@coupon-gateway/database'

/** Owners are needed as long as a takeover may ask until when one was alive. */
const OWNERS_KEPT = `interval '1 day'`

/**
 * Forgets keys that had no effect and never could have: refused or never sent. Whatever was sent without an answer
 * is kept, whatever became of it.
 */
export async function forgetOld(transaction: Queryable, retentionMs: number): Promise<void> {
  await transaction.query(
    `delete from journal_entry
     where state = 'NO_EFFECT' and lost_attempts = 0
       and changed_at < clock_timestamp() - $1 * interval '1 millisecond'`,
    [retentionMs],
  )
  await transaction.query(
    // One that became a redemption is how its confirmation is found again.
    `delete from journal_hold h
     where expires_at < clock_timestamp() - $1 * interval '1 millisecond'
       and not exists (select from journal_entry e where e.idempotency_key = h.idempotency_key)`,
    [retentionMs],
  )
  await transaction.query(
    `delete from journal_owner o
     where alive_until < clock_timestamp() - ${OWNERS_KEPT}
       and not exists (select from journal_entry e where e.owner = o.id and e.state = 'SENDING')`,
  )
}
