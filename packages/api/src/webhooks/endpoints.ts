import { randomBytes } from 'node:crypto'
import type { Queryable } from '@coupon-gateway/database'

/** Where an account's events are reported to, as the command line lists it. Its secrets are shown when they are made. */
export interface WebhookEndpoint {
  readonly id: number
  readonly account: string
  /** The group whose coupons report to it; null: the coupons of all groups without one, and of no group. */
  readonly groupId: number | null
  readonly url: string
  /** Until when the secret before signs too, ISO 8601, UTC; null when there is one secret. */
  readonly rotatingUntil: string | null
  /** Events that are still to be delivered. */
  readonly waiting: number
  /** Events that were given up. */
  readonly dead: number
}

export interface SetEndpointInput {
  readonly accountId: number
  readonly groupId: number | null
  readonly url: string
}

/**
 * Sets where events go. An endpoint that is there keeps its secret and its events, which go to the new URL from now on.
 * @returns the secret of a new endpoint; null of one that was there
 */
export async function setEndpoint(
  database: Queryable,
  { accountId, groupId, url }: SetEndpointInput,
): Promise<{ readonly id: number; readonly secret: string | null }> {
  const secret = generateSecret()
  const [row] = await database.query<{ id: number; secret: string }>(
    `insert into webhook_endpoint (account_id, group_id, url, secret) values ($1, $2, $3, $4)
     on conflict (account_id, group_id) do update set url = excluded.url
     returning id::int as id, secret`,
    [accountId, groupId, url, secret],
  )
  if (row === undefined) throw new Error('the endpoint vanished while it was set')
  return { id: row.id, secret: row.secret === secret ? secret : null }
}

/** All endpoints, or those of an account. */
export function listEndpoints(
  database: Queryable,
  account: string | null,
): Promise<WebhookEndpoint[]> {
  return database.query<WebhookEndpoint>(
    `select endpoint.id::int as id, account.name as account, group_id as "groupId", url,
       case when previous_secret_until > now() then iso_time(previous_secret_until) end as "rotatingUntil",
       (select count(*)::int from webhook_delivery where endpoint_id = endpoint.id and dead_at is null) as waiting,
       (select count(*)::int from webhook_delivery where endpoint_id = endpoint.id and dead_at is not null) as dead
     from webhook_endpoint as endpoint join account on account.id = account_id
     where $1::text is null or account.name = $1 order by endpoint.id`,
    [account],
  )
}

/**
 * Gives an endpoint a new secret. The one that it had signs beside it for `keepHours` more, so that the receiver can be
 * changed meanwhile; one that is older still ends at once. 0 ends the one that it had, too: it has leaked.
 *
 * @returns undefined when there is no such endpoint
 */
export async function rotateSecret(
  database: Queryable,
  id: number,
  keepHours: number,
): Promise<{ readonly secret: string; readonly rotatingUntil: string | null } | undefined> {
  const secret = generateSecret()
  const [row] = await database.query<{ rotatingUntil: string | null }>(
    `update webhook_endpoint set
       secret = $2, previous_secret = case when $3::int > 0 then secret end,
       previous_secret_until = case when $3::int > 0 then now() + make_interval(hours => $3::int) end
     where id = $1 returning iso_time(previous_secret_until) as "rotatingUntil"`,
    [id, secret, keepHours],
  )
  return row && { secret, rotatingUntil: row.rotatingUntil }
}

/** Removes an endpoint with all events that wait for it. @returns false when there is none */
export async function removeEndpoint(database: Queryable, id: number): Promise<boolean> {
  const removed = await database.query(
    'delete from webhook_endpoint where id = $1 returning id::int',
    [id],
  )
  return removed.length > 0
}

/** 256 bits, as long as the hash that they sign with. */
function generateSecret(): string {
  return `whsec_${randomBytes(32).toString('base64url')}`
}
