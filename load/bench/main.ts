import { type FigureGroup, measureGroups, runBenchmark } from '@coupon-gateway/bench'
import { describeServer, startPostgres } from '@coupon-gateway/test-postgres'
import { EXHAUSTED, measureExhausted } from './exhausted.ts'
import { GOODPUT, measureGoodput } from './goodput.ts'
import { MILLION, measureMillion } from './million.ts'
import { measureVerifier, VERIFIER } from './verifier.ts'

/** Everything that `pnpm bench load` compares: figures with what measures their runs, one group a file. */
const GROUPS: readonly FigureGroup<[serverUrl: string]>[] = [
  { figures: GOODPUT, measure: measureGoodput },
  { figures: EXHAUSTED, measure: measureExhausted },
  { figures: MILLION, measure: measureMillion, isOnce: true },
  { figures: VERIFIER, measure: measureVerifier },
]

await runBenchmark('load', async (session) => {
  const server = await startPostgres()
  try {
    const conditions = await describeServer(server.url)
    return { conditions, figures: await measureGroups(GROUPS, session, server.url) }
  } finally {
    await server.stop()
  }
})
