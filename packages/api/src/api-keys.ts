import { type Database, migrate, type Queryable } from '@coupon-gateway/database'
import { LRUCache } from 'lru-cache'
import { hashApiKey, hintOf } from './api-key-text.ts'
import { API_MIGRATIONS } from './migrations.ts'
import type { CallLimits, Plan } from './plans.ts'

/** Who is calling: what a key stands for. */
export interface Caller {
  readonly keyId: number
  readonly accountId: number
  readonly plan: Plan
  /** Its plan's windows are not enforced: a key for load runs. */
  readonly rateLimitsLifted: boolean
  /** Windows agreed on with its account, in place of its plan's. */
  readonly agreedLimits: CallLimits | null
}

export interface ApiKeys {
  /**
   * Finds the caller of a key. A revoked key is refused everywhere within five seconds.
   * @param admitGuess asked before a key that was never found here is looked up; what it throws ends the call
   */
  findCaller(key: string, admitGuess: () => Promise<void>): Promise<Caller | undefined>
}

/** Bounds how long a revoked key still works, and how often a key costs a query. */
const FRESH_MS = 5_000
const REMEMBERED_KEYS = 10_000

/** Opens the store of API keys, after bringing its tables to the newest version. */
export async function openApiKeys(database: Database): Promise<ApiKeys> {
  await migrate(database, 'api', API_MIGRATIONS)
  // Unknown keys are not remembered: made-up keys must not push out real ones.
  const found = new LRUCache<string, { readonly caller: Caller; readonly foundAtMs: number }>({
    max: REMEMBERED_KEYS,
  })
  return {
    async findCaller(key, admitGuess) {
      const hash = hashApiKey(key)
      const remembered = found.get(hash)
      const nowMs = performance.now()
      if (remembered !== undefined && nowMs - remembered.foundAtMs < FRESH_MS) {
        return remembered.caller
      }
      if (remembered === undefined) await admitGuess()
      const caller = await selectCaller(database, hash)
      if (caller === undefined) found.delete(hash)
      // From before the query: a key that was revoked while it ran is refused in time too.
      else found.set(hash, { caller, foundAtMs: nowMs })
      return caller
    },
  }
}

async function selectCaller(database: Queryable, hash: string): Promise<Caller | undefined> {
  const [caller] = await database.query<Caller>(
    `select id::int as "keyId", account_id::int as "accountId", plan,
       rate_limits_lifted as "rateLimitsLifted",
       case when calls_per_minute is not null then json_build_object(
         'minute', calls_per_minute, 'hour', calls_per_hour, 'day', calls_per_day
       ) end as "agreedLimits"
     from api_key join account_plan using (account_id)
     where key_hash = $1 and revoked_at is null`,
    [hash],
  )
  return caller
}

/** A key as its owner may see it: never the key itself, of which only the hash is stored. */
export interface ListedKey {
  readonly id: number
  readonly account: string
  readonly label: string
  /** How the key begins; empty for keys that are older than hints. */
  readonly hint: string
  readonly rateLimitsLifted: boolean
  /** ISO 8601, UTC. */
  readonly createdAt: string
  readonly revokedAt: string | null
}

export interface NewKey {
  readonly accountId: number
  /** What the key is for, for people. */
  readonly label: string
  readonly rateLimitsLifted: boolean
}

/** Stores a key, hashed. @returns its id, or undefined when the key is stored already, as it was */
export async function storeApiKey(
  database: Queryable,
  key: string,
  { accountId, label, rateLimitsLifted }: NewKey,
): Promise<number | undefined> {
  const [stored] = await database.query<{ id: number }>(
    `insert into api_key (account_id, key_hash, hint, label, rate_limits_lifted)
     values ($1, $2, $3, $4, $5) on conflict do nothing returning id::int as id`,
    [accountId, hashApiKey(key), hintOf(key), label, rateLimitsLifted],
  )
  return stored?.id
}

/** The keys of one account, or of all, in the order they were made. */
export function listApiKeys(database: Queryable, account: string | null): Promise<ListedKey[]> {
  return database.query<ListedKey>(
    `select api_key.id::int as id, account.name as account, label, hint,
       rate_limits_lifted as "rateLimitsLifted", ${isoTime('api_key.created_at')} as "createdAt",
       ${isoTime('revoked_at')} as "revokedAt"
     from api_key join account on account.id = account_id
     where $1::text is null or account.name = $1 order by api_key.id`,
    [account],
  )
}

/** Revokes a key for good; one that was revoked before keeps its time. @returns false when there is no such key */
export async function revokeApiKey(database: Queryable, id: number): Promise<boolean> {
  const revoked = await database.query(
    'update api_key set revoked_at = coalesce(revoked_at, now()) where id = $1 returning 1 as found',
    [id],
  )
  return revoked.length > 0
}

function isoTime(column: string): string {
  return `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')`
}
