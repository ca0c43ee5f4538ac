import { createHash } from 'node:crypto'
import type pg from 'pg'
import { Refused } from './refused.ts'

/**
 * Claims a key for a request. Another transaction that has claimed it is waited for: the key is unique.
 *
 * @returns the response that was stored under the key, or null when it is ours now
 * @throws Refused the key was used for another request
 */
export async function claimKey<Response>(
  client: pg.PoolClient,
  key: string,
  request: unknown,
): Promise<Response | null> {
  const hash = createHash('sha256').update(JSON.stringify(request)).digest('hex')
  const claimed = await client.query(
    'insert into idempotency_keys (key, request_hash) values ($1, $2) on conflict (key) do nothing',
    [key, hash],
  )
  if (claimed.rowCount === 1) return null
  const { rows } = await client.query(
    'select request_hash, response from idempotency_keys where key = $1',
    [key],
  )
  if (rows[0]?.request_hash !== hash) throw new Refused('IDEMPOTENCY_KEY_REUSED')
  return rows[0].response
}

/** Stores what is answered to a key that was claimed in this transaction. */
export async function storeResponse(
  client: pg.PoolClient,
  key: string,
  response: unknown,
): Promise<void> {
  await client.query('update idempotency_keys set response = $2 where key = $1', [
    key,
    JSON.stringify(response),
  ])
}
