import type { Queryable } from '@coupon-gateway/database'
import { changeCounts } from './journal-coupon.ts'
import {
  type JournalEntry,
  type ProofOfEffect,
  type ProofOfNoEffect,
  type ReviewFacts,
  readEntries,
} from './journal-entry.ts'

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
  // What is in question was counted when it came to that, also a second use: reports of it come twice.
  const isCounted = 'review' in entry && entry.review !== null
  const version = await changeCounts(transaction, entry.code, { known: isCounted ? 0 : 1 })
  await transaction.query(
    `update journal_entry
     set state = case when state = 'ROLLED_BACK' then state else 'REDEEMED' end,
       evidence = $3, version = $2, settle_after = null, review = $4,
       redeemed_at = coalesce(redeemed_at, clock_timestamp()), changed_at = clock_timestamp()
     where idempotency_key = $1`,
    [entry.idempotencyKey, version, evidence, isLast ? null : JSON.stringify(twice(attempt))],
  )
  if (entry.state === 'NEEDS_REVIEW') await narrowGroup(transaction, entry, 1)
}

function twice(attempt: number): ReviewFacts {
  return {
    problem: `attempt ${attempt} was taken not to have arrived, and had its effect after all: this key may have had two`,
    counted: null,
    expected: null,
    pending: 0,
    group: null,
    effects: null,
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
  if (entry.state === 'NEEDS_REVIEW') await narrowGroup(transaction, entry, 0)
}

/**
 * Of redemptions that were in question together, so many had their effect. What is found out about one of them may
 * leave one possibility for all others.
 *
 * @param effects of the one that was settled
 */
async function narrowGroup(
  transaction: Queryable,
  { code, review }: Extract<JournalEntry, { state: 'NEEDS_REVIEW' }>,
  effects: 0 | 1,
): Promise<void> {
  if (review.group === null || review.effects === null) return
  const left = review.effects - effects
  await transaction.query(
    `update journal_entry set review = review || jsonb_build_object('effects', $3::int)
     where code = $1 and state = 'NEEDS_REVIEW' and review ->> 'group' = $2`,
    [code, review.group, left],
  )
  const others = await readEntries(
    transaction,
    `where e.code = $1 and e.state = 'NEEDS_REVIEW' and e.review ->> 'group' = $2`,
    [code, review.group],
  )
  // The next one narrows the group again, until all are settled.
  const [next] = others
  if (next === undefined) return
  if (left <= 0) return recordNoEffect(transaction, next, 'NOT_ARRIVED')
  if (left >= others.length) return recordEffect(transaction, next, next.attempt, 'USE_COUNT')
}
