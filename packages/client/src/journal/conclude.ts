import type { Queryable } from '@coupon-gateway/database'
import type { Claim } from './begin.ts'
import { changeCounts, lockCoupon } from './journal-coupon.ts'
import type { JournalEntry, ProofOfEffect, ProofOfNoEffect, ReviewFacts } from './journal-entry.ts'
import { readEntry } from './journal-entry.ts'

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

/**
 * Writes down that an attempt of an entry of a locked coupon had its effect. One of an attempt that was taken not
 * to have arrived, after another was made, means that the key had two.
 */
export async function recordEffect(
  transaction: Queryable,
  entry: JournalEntry,
  attempt: number,
  evidence: ProofOfEffect,
): Promise<void> {
  const isLast = entry.attempt === attempt
  if (isLast && (entry.state === 'REDEEMED' || entry.state === 'ROLLED_BACK')) return
  // The uses of what a person has to look at were counted when it came to that.
  const isCounted = entry.state === 'NEEDS_REVIEW'
  const version = await changeCounts(transaction, entry.code, { known: isCounted ? 0 : 1 })
  await transaction.query(
    `update journal_entry
     set state = case when state = 'ROLLED_BACK' then state else 'REDEEMED' end,
       evidence = $3, version = $2, settle_after = null, review = $4,
       redeemed_at = coalesce(redeemed_at, clock_timestamp()), changed_at = clock_timestamp()
     where idempotency_key = $1`,
    [entry.idempotencyKey, version, evidence, isLast ? null : JSON.stringify(twice(attempt))],
  )
}

function twice(attempt: number): ReviewFacts {
  return {
    problem: `attempt ${attempt} was taken not to have arrived, and had its effect after all: this key may have had two`,
    counted: null,
    expected: null,
    pending: 0,
  }
}

/** Writes down that an entry of a locked coupon had no effect: its key is free. */
export async function recordNoEffect(
  transaction: Queryable,
  entry: JournalEntry,
  evidence: ProofOfNoEffect,
): Promise<void> {
  const version = await changeCounts(transaction, entry.code, {})
  await transaction.query(
    `update journal_entry
     set state = 'NO_EFFECT', evidence = $3, version = $2, settle_after = null, review = null,
       lost_attempts = lost_attempts + $4, changed_at = clock_timestamp()
     where idempotency_key = $1`,
    [entry.idempotencyKey, version, evidence, evidence === 'NOT_ARRIVED' ? 1 : 0],
  )
}
