import { type FigureGroup, measureGroups, runBenchmark } from '@coupon-gateway/bench'
import { startPostgres } from '@coupon-gateway/test-postgres'
import pg from 'pg'
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

async function describeServer(url: string): Promise<Record<string, string>> {
  const client = new pg.Client(url)
  await client.connect()
  try {
    const { rows } = await client.query(
      `select split_part(version(), ' on ', 1) as postgres, current_setting('fsync') as fsync,
         current_setting('synchronous_commit') as synchronous_commit,
         current_setting('shared_buffers') as shared_buffers`,
    )
    return rows[0]
  } finally {
    await client.end()
  }
}

await runBenchmark('load', async (session) => {
  const server = await startPostgres()
  try {
    const conditions = await describeServer(server.url)
    return { conditions, figures: await measureGroups(GROUPS, session, server.url) }
  } finally {
    await server.stop()
  }
})
