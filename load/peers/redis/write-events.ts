import type pg from 'pg'
import { inTransaction } from '../textbook/in-transaction.ts'

/** What `redeem.lua` and `rollback.lua` put on the stream. Empty texts are absent. */
export type RedemptionEvent =
  | {
      readonly kind: 'redeemed'
      readonly id: string
      readonly coupon_id: string
      readonly ordinal: number
      readonly user_id: string
      readonly memo: string
      readonly idempotency_key: string
      readonly request_hash: string
      readonly at: string
    }
  | {
      readonly kind: 'rolled back'
      readonly id: string
      readonly reason: string
      readonly at: string
    }

/** Writes events in one transaction. What is written already stays as it is, so that they can be written again. */
export async function writeEvents(
  pool: pg.Pool,
  events: readonly RedemptionEvent[],
): Promise<void> {
  const redeemed = JSON.stringify(events.filter(({ kind }) => kind === 'redeemed'))
  const rolledBack = JSON.stringify(events.filter(({ kind }) => kind === 'rolled back'))
  await inTransaction(pool, async (client) => {
    await client.query(
      `with written as (
         insert into redemptions
           (id, coupon_id, ordinal, user_id, memo, idempotency_key, request_hash, redeemed_at)
         select id, coupon_id, ordinal, nullif(user_id, ''), nullif(memo, ''),
           nullif(idempotency_key, ''), request_hash, at
         from json_to_recordset($1) as event (id uuid, coupon_id uuid, ordinal integer,
           user_id text, memo text, idempotency_key text, request_hash text, at timestamptz)
         on conflict (id) do nothing
         returning coupon_id, ordinal
       )
       update coupons
       set used = used + n, last_ordinal = greatest(last_ordinal, last)
       from (
         select coupon_id, count(*) as n, max(ordinal) as last from written group by coupon_id
       ) as counted
       where coupons.id = counted.coupon_id`,
      [redeemed],
    )
    await client.query(
      `with ended as (
         update redemptions set rolled_back_at = at, rollback_reason = reason
         from json_to_recordset($1) as event (id uuid, reason text, at timestamptz)
         where redemptions.id = event.id and rolled_back_at is null
         returning coupon_id
       )
       update coupons set used = used - n
       from (select coupon_id, count(*) as n from ended group by coupon_id) as counted
       where coupons.id = counted.coupon_id`,
      [rolledBack],
    )
  })
}
