import { type FigureGroup, measureGroups, runBenchmark } from '@coupon-gateway/bench'
import { openPostgres } from '@coupon-gateway/database'
import { startPostgres } from '@coupon-gateway/test-postgres'
import { MANY_COUPONS, measureManyCoupons } from './many-coupons.ts'
import { measureRedeem, REDEEM } from './redeem.ts'
import { measureValidate, VALIDATE } from './validate.ts'

/** Everything that `pnpm bench api` compares: figures with what measures their runs, one group a file. */
const GROUPS: readonly FigureGroup<[serverUrl: string]>[] = [
  { figures: REDEEM, measure: measureRedeem },
  { figures: VALIDATE, measure: measureValidate },
  { figures: MANY_COUPONS, measure: measureManyCoupons },
]

async function describeServer(url: string): Promise<Record<string, string>> {
  const database = openPostgres(url)
  try {
    const [conditions] = await database.query<Record<string, string>>(
      `select split_part(version(), ' on ', 1) as postgres, current_setting('fsync') as fsync,
         current_setting('synchronous_commit') as synchronous_commit,
         current_setting('shared_buffers') as shared_buffers`,
    )
    return conditions ?? {}
  } finally {
    await database.close()
  }
}

await runBenchmark('api', async (session) => {
  const server = await startPostgres()
  try {
    const conditions = await describeServer(server.url)
    return { conditions, figures: await measureGroups(GROUPS, session, server.url) }
  } finally {
    await server.stop()
  }
})
