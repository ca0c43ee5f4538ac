import { openPostgres } from '@coupon-gateway/database'
import { createUpstreamClient } from '../src/index.ts'
import type { WorkerPlan } from './hosted-run.ts'

/** As late as events of a queue are. */
const PERIOD_MS = 200

/**
 * Tells the journal of each use in the upstream's log, twice, as its events would: the memo of a use carries the
 * key. Without them, lost answers of a busy unlimited coupon would be left to a person.
 *
 * @returns ends it
 */
export function reportUses(plan: Omit<WorkerPlan, 'tasks'>, apiUrl: string): () => Promise<void> {
  const log = openPostgres(apiUrl, { poolSize: 1 })
  const database = openPostgres(plan.journalUrl, { poolSize: 2 })
  const client = createUpstreamClient({
    urls: [plan.upstreamUrl],
    apiKey: plan.apiKey,
    profile: 'hosted',
    journal: { database, ...plan.journal },
  })
  let isStopped = false
  let after = ''

  async function reportNew(): Promise<void> {
    // Of the last second again: ids of one moment are not committed in their order.
    const uses = await log.query<{ id: string; code: string; memo: string; from: string }>(
      `select r.id::text as id, c.code, r.memo, (clock_timestamp() - interval '1 second')::text as from
       from redemption r join coupon c on c.id = r.coupon_id
       where r.status = 'REDEEMED' and ($1 = '' or r.taken_at > $1::timestamptz) order by r.taken_at`,
      [after],
    )
    for (const { code, memo } of uses) await client.recordUse({ code, memo })
    after = uses[0]?.from ?? after
  }

  const running = (async () => {
    while (!isStopped) {
      await reportNew()
      await new Promise((resolve) => setTimeout(resolve, PERIOD_MS))
    }
  })()
  return async () => {
    isStopped = true
    await running
    await client.close()
    await log.close()
    await database.close()
  }
}
