import { setImmediate as nextTurn } from 'node:timers/promises'
import { type Database, DatabaseBusyError, StatementError } from '@coupon-gateway/database'
import { createBatcher } from '../batcher.ts'
import type { CoreHooks } from '../core-hooks.ts'
import type { Take, TakeStrategy, TakeVerdict } from '../take.ts'
import { traceFlushes } from '../traced-calls.ts'

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

/** `again`: another process gave the same user the same ordinal; each time one of the two wins. */
export type BatchVerdict = TakeVerdict | { readonly outcome: 'again' }

/** Requests of one coupon share transactions: one call of `take_units` for all that wait. */
export function createBatchedStrategy(
  database: Database,
  options: BatchedOptions = {},
  hooks: CoreHooks = {},
): TakeStrategy {
  const { flush, remember } = traceFlushes('core.flush', (takes: readonly Take[]) =>
    tellOfFlush(hooks, takes, () => takeUnits(database, takes)),
  )
  const strategy = batchTakes(flush, () => performance.now(), options, gatherFor(database))
  return {
    take(take) {
      remember(take)
      return strategy.take(take)
    },
  }
}

async function tellOfFlush<Verdicts>(
  { onFlush }: CoreHooks,
  { length: size }: readonly Take[],
  decide: () => Promise<Verdicts>,
): Promise<Verdicts> {
  if (onFlush === undefined) return decide()
  const startedAtMs = performance.now()
  let outcome: 'decided' | 'failed' = 'failed'
  try {
    const verdicts = await decide()
    outcome = 'decided'
    return verdicts
  } finally {
    onFlush({ size, durationMs: performance.now() - startedAtMs, outcome })
  }
}

/**
 * The strategy apart from the database and the clock, so that both can be simulated.
 * @param decide one verdict for each take, in their order; no two of them have the same key
 * @param now milliseconds of a clock that only goes forward
 * @param gather see `BatcherOptions`
 */
export function batchTakes(
  decide: (takes: readonly Take[]) => Promise<readonly BatchVerdict[]>,
  now: () => number,
  { lanes = 4, maxBatch = 256, maxQueued = 4_096, deadlineMs = 10_000 }: BatchedOptions,
  gather?: () => Promise<void>,
): TakeStrategy {
  const batcher = createBatcher<Take, BatchVerdict>({
    flush: decide,
    laneOf: ({ accountId, code }) => `${accountId}:${code}`,
    keyOf: ({ accountId, key }) => (key === null ? null : `${accountId}:${key}`),
    // Only what PostgreSQL itself said of a statement proves that it had no effect.
    isOutcomeUnknown: (error) =>
      !(error instanceof StatementError || error instanceof DatabaseBusyError),
    lanes,
    maxBatch,
    maxQueued,
    now,
    ...(gather === undefined ? {} : { gather }),
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

/** A turn of the event loop reads every connection that has something. */
function gatherFor({ isEmbedded }: Database): (() => Promise<void>) | undefined {
  return isEmbedded ? () => nextTurn() : undefined
}

/** Decides a batch in one statement, `take_units` in `migrations/0002-decide.sql`. */
export async function takeUnits(
  database: Database,
  takes: readonly Take[],
): Promise<readonly BatchVerdict[]> {
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
  const [row] = await database.query<{ verdicts: readonly BatchVerdict[] }>(
    'select take_units($1::jsonb) as verdicts',
    [JSON.stringify(rows)],
  )
  return row?.verdicts ?? []
}
