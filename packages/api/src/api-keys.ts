import { createHash } from 'node:crypto'
import { type Database, migrate, type Queryable } from '@coupon-gateway/database'
import { LRUCache } from 'lru-cache'

/** Plans, from the smallest. Coupon calls need `personal` or a higher one. */
export type Plan = 'free' | 'personal' | 'premium' | 'business' | 'business-plus' | 'enterprise'

/** Who is calling: what a key stands for. */
export interface Caller {
  readonly keyId: number
  readonly accountId: number
  readonly plan: Plan
}

export interface ApiKeys {
  /** Finds the caller of a key. A revoked key is refused everywhere within five seconds. */
  findCaller(key: string): Promise<Caller | undefined>
}

/** Bounds how long a revoked key still works, and how often a key costs a query. */
const CACHE_MS = 5_000
const CACHED_KEYS = 10_000

/** Opens the store of API keys, after bringing its tables to the newest version. */
export async function openApiKeys(database: Database): Promise<ApiKeys> {
  await migrate(database, 'api', new URL('../migrations/', import.meta.url))
  // Unknown keys are not cached: made-up keys must not push out real ones.
  const cache = new LRUCache<string, Caller>({ max: CACHED_KEYS, ttl: CACHE_MS })
  return {
    async findCaller(key) {
      const hash = hashApiKey(key)
      const cached = cache.get(hash)
      if (cached !== undefined) return cached
      const [caller] = await database.query<Caller>(
        `select id::int as "keyId", account_id::int as "accountId", plan
         from api_key join account_plan using (account_id)
         where key_hash = $1 and revoked_at is null`,
        [hash],
      )
      if (caller !== undefined) cache.set(hash, caller)
      return caller
    },
  }
}

/** Stores a key, hashed. A key that is there already stays as it is. */
export async function ensureApiKey(
  database: Queryable,
  key: string,
  {
    accountId,
    plan,
    label,
    rateLimitsLifted,
  }: {
    readonly accountId: number
    readonly plan: Plan
    readonly label: string
    readonly rateLimitsLifted: boolean
  },
): Promise<void> {
  await database.query(
    'insert into account_plan (account_id, plan) values ($1, $2) on conflict do nothing',
    [accountId, plan],
  )
  await database.query(
    `insert into api_key (account_id, key_hash, label, rate_limits_lifted)
     values ($1, $2, $3, $4) on conflict do nothing`,
    [accountId, hashApiKey(key), label, rateLimitsLifted],
  )
}

function hashApiKey(key: string): string {
  return createHash('sha256').update(key).digest('hex')
}
