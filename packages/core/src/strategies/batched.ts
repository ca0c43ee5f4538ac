import { type Database, DatabaseUnavailableError } from '@coupon-gateway/database'
import { createBatcher } from '../batcher.ts'
import type { Take, TakeStrategy, TakeVerdict } from '../take.ts'

export interface BatchedOptions {
  /** Flushes in flight at a time, each on a connection of its own. Default 4. */
  readonly lanes?: number
  /** Most requests of one flush. Past 256 throughput hardly grows and latency does. Default 256. */
  readonly maxBatch?: number
  /** Requests that may wait in one lane. Default 4096. */
  readonly maxQueued?: number
  /** How long a request may wait for its flush, in milliseconds. Default 10,000. */
  readonly deadlineMs?: number
}

/** Another process gave the same user the same ordinal; each time one of the two wins. */
type Verdict = TakeVerdict | { readonly outcome: 'again' }

/** Requests of one coupon share transactions: one call of `take_units` for all that wait. */
export function createBatchedStrategy(
  database: Database,
  { lanes = 4, maxBatch = 256, maxQueued = 4_096, deadlineMs = 10_000 }: BatchedOptions = {},
): TakeStrategy {
  const now = () => performance.now()
  const batcher = createBatcher<Take, Verdict>({
    flush: (takes) => takeUnits(database, takes),
    laneOf: ({ accountId, code }) => `${accountId}:${code}`,
    keyOf: ({ accountId, key }) => (key === null ? null : `${accountId}:${key}`),
    isOutcomeUnknown: (error) => error instanceof DatabaseUnavailableError,
    lanes,
    maxBatch,
    maxQueued,
    now,
  })
  return {
    async take(take) {
      const deadline = now() + deadlineMs
      for (;;) {
        const verdict = await batcher.submit(take, deadline)
        if (verdict.outcome !== 'again') return verdict
      }
    },
  }
}

/** Decides a batch in one statement, `take_units` in `migrations/0002-decide.sql`. */
export async function takeUnits(
  database: Database,
  takes: readonly Take[],
): Promise<readonly Verdict[]> {
  const rows = takes.map((take, n) => ({
    n,
    id: take.id,
    account_id: take.accountId,
    code: take.code,
    user_id: take.userId,
    memo: take.memo,
    verified_hash: take.verifiedHash,
    key: take.key,
    fingerprint: take.fingerprint,
    ttl_seconds: take.ttlSeconds,
  }))
  const [row] = await database.query<{ verdicts: readonly Verdict[] }>(
    'select take_units($1::jsonb) as verdicts',
    [JSON.stringify(rows)],
  )
  if (row === undefined) throw new Error('take_units gave no verdicts')
  return row.verdicts
}
