import { type FigureGroup, measureGroups, runBenchmark } from '@coupon-gateway/bench'
import { describeServer, startPostgres } from '@coupon-gateway/test-postgres'
import { MANY_COUPONS, measureManyCoupons } from './many-coupons.ts'
import { measureRedeem, REDEEM } from './redeem.ts'
import { measureValidate, VALIDATE } from './validate.ts'

/** Everything that `pnpm bench api` compares: figures with what measures their runs, one group a file. */
const GROUPS: readonly FigureGroup<[serverUrl: string]>[] = [
  { figures: REDEEM, measure: measureRedeem },
  { figures: VALIDATE, measure: measureValidate },
  { figures: MANY_COUPONS, measure: measureManyCoupons },
]

await runBenchmark('api', async (session) => {
  const server = await startPostgres()
  try {
    const conditions = await describeServer(server.url)
    return { conditions, figures: await measureGroups(GROUPS, session, server.url) }
  } finally {
    await server.stop()
  }
})
