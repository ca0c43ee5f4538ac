import { type Figure, runBenchmark, type Session } from '@coupon-gateway/bench'
import { ATTACKED, measureAttacked } from './attacks.ts'
import { MEMORY, measureMemory } from './memory.ts'
import { measureOtherDocuments, OTHER_DOCUMENTS } from './other-documents.ts'
import { measureTrusted, TRUSTED } from './trusted.ts'

/** Everything that `pnpm bench gateway` compares: figures with what measures their runs, one group a file. */
const GROUPS: readonly {
  readonly figures: readonly Omit<Figure, 'runs'>[]
  readonly measure: (session: Session) => Promise<ReadonlyMap<string, number>>
  /** In the first round alone. */
  readonly isOnce?: boolean
}[] = [
  { figures: TRUSTED, measure: measureTrusted },
  { figures: OTHER_DOCUMENTS, measure: measureOtherDocuments },
  { figures: MEMORY, measure: measureMemory, isOnce: true },
  { figures: ATTACKED, measure: measureAttacked },
]

const CONDITIONS = {
  servers: 'one process each, in turn; 64 connections, each with one call in flight',
  data: 'one coupon of 1000 by code, out of an object in the process of each server: no upstream, no network',
  resolvers: 'ours, with loader and budgets, in all servers',
  'only ours':
    'keys, request ids, budgets of addresses, limits of operations, headers of each answer, errors masked',
  answers: 'each compared with what graphql-js answers, but for the time in it',
  'under attack':
    'gateway, api and embedded database; 100 honest requests a second from 200 addresses; up to 2000 of the attacker on 32 connections, or 500 slow ones',
}

async function measureFigures(session: Session): Promise<Figure[]> {
  const runs = new Map<string, number[]>()
  for (let round = 1; round <= session.rounds; round += 1) {
    session.progress(`round ${round} of ${session.rounds}`)
    for (const { figures, measure, isOnce } of GROUPS) {
      if (isOnce === true && round > 1) continue
      if (!figures.some(({ id }) => id.startsWith(session.only))) continue
      for (const [id, value] of await measure(session)) {
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

await runBenchmark('gateway', async (session) => ({
  conditions: CONDITIONS,
  figures: await measureFigures(session),
}))
