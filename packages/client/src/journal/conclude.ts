import type { Queryable } from '@coupon-gateway/database'
import type { Claim } from './begin.ts'
import { changeCounts, lockCoupon } from './journal-coupon.ts'
import { type JournalEntry, type ProofOfNoEffect, readEntry } from './journal-entry.ts'
import { recordEffect, recordNoEffect } from './record.ts'

/** How an attempt ended, for whoever made it. */
export type Conclusion =
  | { readonly kind: 'effect' }
  | {
      readonly kind: 'no-effect'
      readonly evidence: Extract<ProofOfNoEffect, 'REJECTED' | 'NEVER_SENT'>
    }
  /** Sent, and not answered. */
  | { readonly kind: 'unknown' }

/**
 * Writes down how an attempt ended. An answer outranks whatever was made of its absence meanwhile, so it is taken
 * whenever it comes.
 */
export async function conclude(
  transaction: Queryable,
  claim: Claim,
  conclusion: Conclusion,
  settleDelayMs: number,
): Promise<void> {
  const { code } = claim.intent
  await lockCoupon(transaction, code)
  const entry = await readEntry(transaction, claim.idempotencyKey)
  if (entry === null) return
  switch (conclusion.kind) {
    case 'effect':
      return recordEffect(transaction, entry, claim.attempt, 'ANSWER')
    case 'no-effect':
      if (!isOpenAttempt(entry, claim)) return
      return recordNoEffect(transaction, entry, conclusion.evidence)
    case 'unknown': {
      if (entry.state !== 'SENDING' || entry.claim !== claim.id) return
      const version = await changeCounts(transaction, code, {})
      await transaction.query(
        `update journal_entry
         set state = 'PENDING', version = $2, changed_at = clock_timestamp(),
           settle_after = clock_timestamp() + $3 * interval '1 millisecond'
         where idempotency_key = $1`,
        [entry.idempotencyKey, version, settleDelayMs],
      )
      return
    }
    default:
      throw new Error(`unknown conclusion ${conclusion satisfies never}`)
  }
}

/** Whether the claim is the entry's last, and nothing is decided about it. */
function isOpenAttempt(entry: JournalEntry, claim: Claim): boolean {
  return (
    entry.claim === claim.id &&
    (entry.state === 'SENDING' || entry.state === 'PENDING' || entry.state === 'NEEDS_REVIEW')
  )
}
