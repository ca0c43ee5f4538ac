import type { Database, Queryable } from '@coupon-gateway/database'

/** An event that could not be delivered for a day. */
export interface DeadLetter {
  readonly eventId: string
  readonly endpointId: number
  readonly account: string
  readonly code: string
  readonly attempts: number
  readonly lastFailure: string
  /** ISO 8601, UTC. */
  readonly diedAt: string
}

/** Which dead letters are meant: those of an endpoint, one event, or with both null all. */
export interface DeadLetterQuery {
  readonly endpointId: number | null
  readonly eventId: string | null
}

/** Reads dead letters in the order of their events. @param limit most of them */
export function listDeadLetters(
  database: Queryable,
  { endpointId, eventId }: DeadLetterQuery,
  limit: number,
): Promise<DeadLetter[]> {
  return database.query<DeadLetter>(
    `select event_id::text as "eventId", endpoint_id::int as "endpointId", account.name as account, code, attempts,
       last_failure as "lastFailure", iso_time(dead_at) as "diedAt"
     from webhook_delivery
     join webhook_endpoint as endpoint on endpoint.id = endpoint_id
     join account on account.id = account_id
     where dead_at is not null and ($1::bigint is null or endpoint_id = $1) and ($2::uuid is null or event_id = $2)
     order by sequence limit $3`,
    [endpointId, eventId, limit],
  )
}

/**
 * Queues dead letters again, with a new day to be delivered in, in the order of their events and before what waits in
 * their lanes. @returns their number
 */
export function resendDeadLetters(
  database: Database,
  { endpointId, eventId }: DeadLetterQuery,
): Promise<number> {
  return database.transaction(async (transaction) => {
    // The lanes first, as the queue takes its locks; who failed before is tried at once.
    await transaction.query(
      `insert into webhook_lane (endpoint_id, code, due_at)
       select distinct endpoint_id, code, now() from webhook_delivery
       where dead_at is not null and ($1::bigint is null or endpoint_id = $1) and ($2::uuid is null or event_id = $2)
       order by endpoint_id, code
       on conflict (endpoint_id, code) do update set
         failures = 0,
         due_at = case when webhook_lane.claim is null then excluded.due_at else webhook_lane.due_at end`,
      [endpointId, eventId],
    )
    const resent = await transaction.query(
      `update webhook_delivery set dead_at = null, queued_at = clock_timestamp()
       where dead_at is not null and ($1::bigint is null or endpoint_id = $1) and ($2::uuid is null or event_id = $2)
         and exists (
           select from webhook_lane
           where webhook_lane.endpoint_id = webhook_delivery.endpoint_id and webhook_lane.code = webhook_delivery.code
         )
       returning 1 as resent`,
      [endpointId, eventId],
    )
    return resent.length
  })
}
