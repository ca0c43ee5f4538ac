import { type Figure, runBenchmark, type Session } from '@coupon-gateway/bench'
import { startPostgres } from '@coupon-gateway/test-postgres'
import pg from 'pg'
import { EXHAUSTED, measureExhausted } from './exhausted.ts'
import { GOODPUT, measureGoodput } from './goodput.ts'
import { MILLION, measureMillion } from './million.ts'
import { measureVerifier, VERIFIER } from './verifier.ts'

/** Everything that `pnpm bench load` compares: figures with what measures their runs, one group a file. */
const GROUPS: readonly {
  readonly figures: readonly Omit<Figure, 'runs'>[]
  readonly measure: (serverUrl: string, session: Session) => Promise<ReadonlyMap<string, number>>
  /** What counts faults, and times nothing, is done in the first round alone. */
  readonly isOnce?: boolean
}[] = [
  { figures: GOODPUT, measure: measureGoodput },
  { figures: EXHAUSTED, measure: measureExhausted },
  { figures: MILLION, measure: measureMillion, isOnce: true },
  { figures: VERIFIER, measure: measureVerifier },
]

async function measureFigures(serverUrl: string, session: Session): Promise<Figure[]> {
  const runs = new Map<string, number[]>()
  for (let round = 1; round <= session.rounds; round += 1) {
    session.progress(`round ${round} of ${session.rounds}`)
    for (const { figures, measure, isOnce } of GROUPS) {
      if (isOnce && round > 1) continue
      if (!figures.some(({ id }) => id.startsWith(session.only))) continue
      for (const [id, value] of await measure(serverUrl, session)) {
        runs.set(id, [...(runs.get(id) ?? []), value])
      }
    }
  }
  return GROUPS.flatMap(({ figures }) => figures).flatMap((figure) => {
    const values = runs.get(figure.id)
    return values !== undefined && figure.id.startsWith(session.only)
      ? [{ ...figure, runs: values }]
      : []
  })
}

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
    return { conditions, figures: await measureFigures(server.url, session) }
  } finally {
    await server.stop()
  }
})
