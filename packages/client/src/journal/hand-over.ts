import { randomUUID } from 'node:crypto'
import type { Queryable } from '@coupon-gateway/database'
import type { Weight } from './evidence.ts'
import { changeCounts } from './journal-coupon.ts'
import type { JournalEntry, ReviewFacts } from './journal-entry.ts'
import type { Snapshot } from './snapshot.ts'

/** What the count cannot settle, however long one waits. */
type HopelessWeight = Extract<Weight, 'SOME' | 'FOREIGN' | 'REPLACED' | 'UNREADABLE'>

const PROBLEMS: Readonly<Record<HopelessWeight, string>> = {
  SOME: 'the use count shows that some of the redemptions in question happened, and not which',
  FOREIGN: 'somebody else redeems this coupon, so its use count proves nothing',
  REPLACED: 'the use count went back: there is another coupon under this code',
  UNREADABLE: 'the upstream shows no use count of this coupon any more',
}

/** Leaves all that is pending of a locked coupon to a person, with what is known. Nothing of it is in flight. */
export async function handToPerson(
  transaction: Queryable,
  pending: readonly JournalEntry[],
  {
    weight,
    counted,
    expected,
  }: {
    readonly weight: HopelessWeight
    readonly counted: number | null
    readonly expected: number | null
  },
): Promise<void> {
  const [first] = pending
  if (first === undefined) return
  const version = await changeCounts(transaction, first.code, {})
  const facts: ReviewFacts = {
    problem: PROBLEMS[weight],
    counted,
    expected,
    pending: pending.length,
    group: weight === 'SOME' ? randomUUID() : null,
    effects: weight === 'SOME' && counted !== null ? counted - (expected ?? 0) : null,
  }
  await transaction.query(
    `update journal_entry
     set state = 'NEEDS_REVIEW', review = $2, version = $3, settle_after = null, changed_at = clock_timestamp()
     where idempotency_key = any ($1::text[])`,
    [pending.map(({ idempotencyKey }) => idempotencyKey), JSON.stringify(facts), version],
  )
  // What they did is in no count that is known: the next redemption looks anew before it is sent.
  await transaction.query('update journal_coupon set known_count = null where code = $1', [
    first.code,
  ])
}

/**
 * Counts uses that no redemption of this journal can account for, and flags those that can have caused them after
 * all: attempts that were taken not to have arrived.
 *
 * @param ours most uses since the snapshot that are this journal's
 */
export async function recordForeignUses(
  transaction: Queryable,
  { code, knownCount }: Snapshot,
  counted: number,
  ours: number,
): Promise<void> {
  const foreign = counted - (knownCount ?? 0) - ours
  if (foreign <= 0) return
  const version = await changeCounts(transaction, code, { foreign, known: foreign })
  const facts: ReviewFacts = {
    problem:
      'an attempt was taken not to have arrived, and later a use appeared that nobody accounts for',
    counted,
    expected: knownCount,
    pending: 0,
    group: null,
    effects: null,
  }
  await transaction.query(
    `update journal_entry
     set state = case when state = 'NO_EFFECT' then 'NEEDS_REVIEW' else state end, version = $2, review = $3
     where code = $1 and lost_attempts > 0 and review is null and state in ('NO_EFFECT', 'REDEEMED')`,
    [code, version, JSON.stringify(facts)],
  )
}
