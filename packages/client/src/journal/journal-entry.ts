import type { CouponCode } from '@coupon-gateway/coupon-code'
import type { Queryable } from '@coupon-gateway/database'

/** What proves that a redemption happened. */
export type ProofOfEffect =
  /** The upstream said so. */
  | 'ANSWER'
  /** The use count of the coupon rose by it. */
  | 'USE_COUNT'
  /** An event of the upstream carries its key. */
  | 'EVENT'
  /** A person decided. */
  | 'PERSON'

/** Why a redemption did not happen, and its key is free. */
export type ProofOfNoEffect =
  /** The upstream refused it. */
  | 'REJECTED'
  /** It failed before it could have an effect: not sent, or turned away unread. */
  | 'NEVER_SENT'
  /** It was sent, and the use count shows that it has not arrived long after it could have. */
  | 'NOT_ARRIVED'
  | 'PERSON'

/** What is known of an entry that a person has to look at. */
export interface ReviewFacts {
  /** What is the matter, for people. */
  readonly problem: string
  /** The upstream's use count when this was written, if it showed one. */
  readonly counted: number | null
  /** The count that the journal expected without the redemptions in question. */
  readonly expected: number | null
  /** How many redemptions of the coupon were in question together. */
  readonly pending: number
  /** Names those that were in question together, where the count tells how many of them happened. */
  readonly group: string | null
  /** How many of the group happened, without those that were settled since. */
  readonly effects: number | null
}

interface EntryOfEveryState {
  readonly idempotencyKey: string
  readonly fingerprint: string
  readonly code: CouponCode
  readonly userId: string | null
  readonly memo: string | null
  /** How often this key was meant to be sent, from 1. */
  readonly attempt: number
  /** Names the last attempt to the one who made it. */
  readonly claim: string
  /** When the first attempt began, by the journal's clock. */
  readonly begunAt: Date
  readonly changedAt: Date
}

/** One redemption, by what is known of its effect. */
export type JournalEntry = EntryOfEveryState &
  (
    | {
        /** It may leave at any moment, or has left and is awaited. */
        readonly state: 'SENDING'
        /** False: whoever sent it is gone, and nobody awaits its answer. */
        readonly isAwaited: boolean
      }
    /** It may have been sent, and there is no answer. Evidence will tell. */
    | { readonly state: 'PENDING'; readonly settleAfter: Date }
    /** It happened. `review` is not null when it seems to have happened twice. */
    | {
        readonly state: 'REDEEMED'
        readonly evidence: ProofOfEffect
        /** When the journal learned of it, by its database's clock. */
        readonly redeemedAt: Date
        readonly review: ReviewFacts | null
      }
    /** It did not happen: the key is free. */
    | {
        readonly state: 'NO_EFFECT'
        readonly evidence: ProofOfNoEffect
        /** Attempts that were taken not to have arrived, whatever came of those after them. */
        readonly lostAttempts: number
      }
    /** Evidence does not tell. A person decides. */
    | { readonly state: 'NEEDS_REVIEW'; readonly review: ReviewFacts }
    /** It happened, and the unit was given back. */
    | { readonly state: 'ROLLED_BACK'; readonly redeemedAt: Date }
  )

interface EntryRow {
  readonly idempotency_key: string
  readonly fingerprint: string
  readonly code: CouponCode
  readonly user_id: string | null
  readonly memo: string | null
  readonly state: JournalEntry['state']
  readonly attempt: number
  readonly claim: string
  readonly is_awaited: boolean
  readonly settle_after: Date | null
  readonly evidence: string | null
  readonly lost_attempts: number
  readonly review: ReviewFacts | null
  readonly redeemed_at: Date | null
  readonly begun_at: Date
  readonly changed_at: Date
}

/** Selects entries as `e`; what follows is the rest of the statement. */
const SELECT_ENTRY = `
  select e.idempotency_key, e.fingerprint, e.code, e.user_id, e.memo, e.state, e.attempt, e.claim::text as claim,
    e.settle_after, e.evidence, e.lost_attempts, e.review, e.redeemed_at, e.begun_at, e.changed_at,
    exists (select from journal_owner o where o.id = e.owner and o.alive_until > clock_timestamp()) as is_awaited
  from journal_entry e `

export async function readEntries(
  queryable: Queryable,
  rest: string,
  parameters: readonly unknown[],
): Promise<JournalEntry[]> {
  const rows = await queryable.query<EntryRow>(SELECT_ENTRY + rest, parameters)
  return rows.map(toEntry)
}

export async function readEntry(
  queryable: Queryable,
  idempotencyKey: string,
): Promise<JournalEntry | null> {
  const [entry] = await readEntries(queryable, 'where e.idempotency_key = $1', [idempotencyKey])
  return entry ?? null
}

function toEntry(row: EntryRow): JournalEntry {
  const common: EntryOfEveryState = {
    idempotencyKey: row.idempotency_key,
    fingerprint: row.fingerprint,
    code: row.code,
    userId: row.user_id,
    memo: row.memo,
    attempt: row.attempt,
    claim: row.claim,
    begunAt: row.begun_at,
    changedAt: row.changed_at,
  }
  const { state } = row
  switch (state) {
    case 'SENDING':
      return { ...common, state, isAwaited: row.is_awaited }
    case 'PENDING':
      return { ...common, state, settleAfter: present(row.settle_after) }
    case 'REDEEMED':
      return {
        ...common,
        state,
        evidence: present(row.evidence) as ProofOfEffect,
        redeemedAt: present(row.redeemed_at),
        review: row.review,
      }
    case 'NO_EFFECT':
      return {
        ...common,
        state,
        evidence: present(row.evidence) as ProofOfNoEffect,
        lostAttempts: row.lost_attempts,
      }
    case 'NEEDS_REVIEW':
      return { ...common, state, review: present(row.review) }
    case 'ROLLED_BACK':
      return { ...common, state, redeemedAt: present(row.redeemed_at) }
    default:
      throw new Error(`unknown state of a journal entry: ${state satisfies never}`)
  }
}

/** The table's constraints say that it is there. */
function present<Value>(value: Value | null): Value {
  if (value === null) throw new Error('a journal entry lacks what its state demands')
  return value
}
