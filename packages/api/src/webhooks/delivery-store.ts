import type { CouponEvent } from '@coupon-gateway/core'
import type { Database, Queryable } from '@coupon-gateway/database'
import { v4 as uuidv4 } from 'uuid'
import { toWebhookAction, toWebhookBody, type WebhookAction } from './webhook-body.ts'

/** The first event of a lane, to be sent by who has its claim. */
export interface ClaimedDelivery {
  readonly endpointId: number
  readonly code: string
  readonly claim: string
  readonly eventId: string
  readonly action: WebhookAction
  readonly body: string
  readonly accountId: number
  readonly isOfGroup: boolean
  readonly url: string
  readonly secret: string
  /** While a rotation lasts. */
  readonly previousSecret: string | null
  /** Attempts of this lane that failed since the last that did not. */
  readonly failures: number
  /** Since the event was queued. */
  readonly ageMs: number
}

export type Settlement =
  | { readonly outcome: 'delivered' }
  | { readonly outcome: 'retry'; readonly delayMs: number; readonly failure: string }
  | { readonly outcome: 'dead'; readonly failure: string }

export interface ClaimOptions {
  /** Deliveries of an endpoint that may be under way in this process. */
  readonly perEndpoint: number
  /** How many are, by endpoint. */
  readonly running: ReadonlyMap<number, number>
  /** How long a claim holds: that of a process that died lapses then. */
  readonly leaseMs: number
}

/**
 * Queues events for the endpoints that are to be told, in the transaction that takes them out of the core's outbox. An
 * event that no endpoint is set for is nobody's, and dropped.
 */
export async function queueEvents(
  transaction: Queryable,
  events: readonly CouponEvent[],
): Promise<void> {
  const rows = events.map((event) => ({
    event_id: event.id,
    sequence: event.sequence,
    account_id: event.accountId,
    group_id: event.coupon.groupId,
    code: event.coupon.code,
    action: toWebhookAction(event),
    body: toWebhookBody(event),
  }))
  await transaction.query(
    `with addressed as (
       select event.*, endpoint.id as endpoint_id
       from jsonb_to_recordset($1::jsonb) as event (
         event_id uuid, sequence bigint, account_id bigint, group_id integer, code text, action text, body text
       ) cross join lateral (
         select id from webhook_endpoint
         where account_id = event.account_id and (group_id is null or group_id = event.group_id)
         order by group_id nulls last limit 1
       ) as endpoint
     ), lanes as (
       -- A lane that is there is held until commit, so that nobody finds it empty and removes it meanwhile.
       insert into webhook_lane (endpoint_id, code, due_at)
       select distinct endpoint_id, code, now() from addressed order by endpoint_id, code
       on conflict (endpoint_id, code) do update set failures = webhook_lane.failures
     )
     insert into webhook_delivery (event_id, sequence, endpoint_id, code, action, body)
     select event_id, sequence, endpoint_id, code, action, body from addressed`,
    [JSON.stringify(rows)],
  )
}

/** Claims lanes that are due, and answers with the first event of each. */
export async function claimDeliveries(
  database: Database,
  { perEndpoint, running, leaseMs }: ClaimOptions,
): Promise<readonly ClaimedDelivery[]> {
  const claim = uuidv4()
  const lanes = await database.query<{ endpoint_id: number; code: string }>(
    `with due as materialized (
       select lane.* from webhook_endpoint as endpoint cross join lateral (
         select endpoint_id, code from webhook_lane
         where endpoint_id = endpoint.id and due_at <= now() order by due_at
         limit greatest(0, $2::int - coalesce(($3::jsonb ->> endpoint.id::text)::int, 0))
         for update skip locked
       ) as lane
     )
     update webhook_lane set claim = $1, due_at = now() + make_interval(secs => $4::float8 / 1000)
     from due where webhook_lane.endpoint_id = due.endpoint_id and webhook_lane.code = due.code
     returning webhook_lane.endpoint_id::int as endpoint_id, webhook_lane.code`,
    [claim, perEndpoint, JSON.stringify(Object.fromEntries(running)), leaseMs],
  )
  if (lanes.length === 0) return []
  // A statement of its own: it sees what who had the lane before has left in it.
  return database.query<ClaimedDelivery>(
    `select endpoint.id::int as "endpointId", lane.code, claim::text as claim, event_id::text as "eventId", action,
       body, account_id::int as "accountId", group_id is not null as "isOfGroup", url, secret,
       case when previous_secret_until > now() then previous_secret end as "previousSecret", failures,
       extract(epoch from clock_timestamp() - queued_at)::float8 * 1000 as "ageMs"
     from jsonb_to_recordset($1::jsonb) as claimed (endpoint_id bigint, code text)
     join webhook_lane as lane using (endpoint_id, code)
     join webhook_endpoint as endpoint on endpoint.id = lane.endpoint_id
     cross join lateral (
       select * from webhook_delivery
       where endpoint_id = lane.endpoint_id and code = lane.code and dead_at is null order by sequence limit 1
     ) as first
     where claim = $2::uuid`,
    [JSON.stringify(lanes), claim],
  )
}

/**
 * Ends an attempt.
 * @returns false: the claim has lapsed, and who has it now delivers the event again
 */
export async function settleDelivery(
  database: Queryable,
  { endpointId, code, claim, eventId }: ClaimedDelivery,
  settlement: Settlement,
): Promise<boolean> {
  const [row] = await database.query<{ settled: boolean }>(
    'select settle_webhook_delivery($1, $2, $3, $4, $5, $6, $7) as settled',
    [
      endpointId,
      code,
      claim,
      eventId,
      settlement.outcome,
      settlement.outcome === 'retry' ? settlement.delayMs : 0,
      settlement.outcome === 'delivered' ? null : settlement.failure,
    ],
  )
  return row?.settled ?? false
}
