import type { CouponCode } from '@coupon-gateway/coupon-code'
import type { Database, Queryable } from '@coupon-gateway/database'
import type { IdempotencyKey } from './idempotency.ts'

interface EventBase {
  /** Identity of this event, a UUID. */
  readonly id: string
  /**
   * Grows in the order in which events of one coupon came to be; gaps mean nothing. Uses of an unlimited coupon hold
   * no common lock: of two at once either may have the smaller number, and it may be handed out later.
   */
  readonly sequence: number
  /** By the database's clock. */
  readonly occurredAt: Date
  readonly accountId: number
  readonly coupon: EventCoupon
}

/** What never changes of a coupon once it has events. */
export interface EventCoupon {
  readonly id: string
  readonly code: CouponCode
  readonly name: string
  readonly discountKind: 'percent' | 'amount'
  readonly discount: number
  readonly currency: string | null
  readonly groupId: number | null
  readonly useLimit: number
}

export interface EventRedemption {
  readonly id: string
  readonly ordinal: number | null
  readonly userId: string | null
  readonly memo: string
  readonly idempotencyKey: IdempotencyKey | null
  readonly redeemedAt: Date
}

/** Something that became of a coupon whose `webhookEnabled` is set. */
export type CouponEvent =
  | (EventBase & { readonly kind: 'redeemed'; readonly redemption: EventRedemption })
  | (EventBase & {
      readonly kind: 'rolled-back'
      readonly redemption: EventRedemption
      readonly rollbackReason: string
    })
  | (EventBase & { readonly kind: 'deleted' })

/** Any constant will do, as long as it is not the one of migrations. */
const TAKE_EVENTS_LOCK = 7_234_502

interface EventRow {
  id: string
  sequence: number
  kind: CouponEvent['kind']
  occurred_at: Date
  account_id: number
  coupon_id: string
  code: CouponCode
  name: string
  discount_kind: 'percent' | 'amount'
  discount: number
  currency: string | null
  group_id: number | null
  use_limit: number
  redemption_id: string
  ordinal: number | null
  user_id: string | null
  memo: string
  idempotency_key: IdempotencyKey | null
  redeemed_at: Date
  rollback_reason: string
}

/**
 * Takes the oldest events out of the outbox, and gives them to `hand` in the same transaction: what that writes with it
 * and the taking are both done, or neither. One taker works at a time, over all processes, so that nobody writes down an
 * event before another has those that came before it.
 *
 * @param limit most events, from 1
 * @returns how many were taken; 0 also while another taker works
 */
export async function takeEvents(
  database: Database,
  limit: number,
  hand: (transaction: Queryable, events: readonly CouponEvent[]) => Promise<void>,
): Promise<number> {
  // Most of the time there are none, and to see that takes no transaction.
  const waiting = await database.query('select 1 from coupon_event limit 1')
  if (waiting.length === 0) return 0
  return database.transaction(async (transaction) => {
    const [lock] = await transaction.query<{ taken: boolean }>(
      'select pg_try_advisory_xact_lock($1) as taken',
      [TAKE_EVENTS_LOCK],
    )
    if (!lock?.taken) return 0
    // A statement of its own: it sees what the taker before has committed.
    const rows = await transaction.query<EventRow>(
      `with taken as (
         delete from coupon_event
         where sequence in (select sequence from coupon_event order by sequence limit $1) returning *
       )
       select taken.id, sequence::float8 as sequence, kind, occurred_at, taken.account_id::int as account_id,
         coupon.id as coupon_id, code, name, discount_kind, discount::float8 as discount, currency, group_id, use_limit,
         redemption_id, ordinal, redemption.user_id, redemption.memo, idempotency_key, redeemed_at, rollback_reason
       from taken
       join coupon on coupon.id = taken.coupon_id
       join coupon_usage on coupon_usage.coupon_id = coupon.id
       left join redemption
         on redemption.account_id = taken.account_id and redemption.id = redemption_id
       order by sequence`,
      [limit],
    )
    if (rows.length > 0) await hand(transaction, rows.map(toEvent))
    return rows.length
  })
}

function toEvent(row: EventRow): CouponEvent {
  const base = {
    id: row.id,
    sequence: row.sequence,
    occurredAt: row.occurred_at,
    accountId: row.account_id,
    coupon: {
      id: row.coupon_id,
      code: row.code,
      name: row.name,
      discountKind: row.discount_kind,
      discount: row.discount,
      currency: row.currency,
      groupId: row.group_id,
      useLimit: row.use_limit,
    },
  }
  if (row.kind === 'deleted') return { ...base, kind: row.kind }
  const redemption = {
    id: row.redemption_id,
    ordinal: row.ordinal,
    userId: row.user_id,
    memo: row.memo,
    idempotencyKey: row.idempotency_key,
    redeemedAt: row.redeemed_at,
  }
  return row.kind === 'redeemed'
    ? { ...base, kind: row.kind, redemption }
    : { ...base, kind: row.kind, redemption, rollbackReason: row.rollback_reason }
}
