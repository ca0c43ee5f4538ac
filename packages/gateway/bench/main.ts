import { type FigureGroup, measureGroups, runBenchmark } from '@coupon-gateway/bench'
import { ATTACKED, measureAttacked } from './attacks.ts'
import { MEMORY, measureMemory } from './memory.ts'
import { measureOtherDocuments, OTHER_DOCUMENTS } from './other-documents.ts'
import { measureTrusted, TRUSTED } from './trusted.ts'

/** Everything that `pnpm bench gateway` compares: figures with what measures their runs, one group a file. */
const GROUPS: readonly FigureGroup[] = [
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

await runBenchmark('gateway', async (session) => ({
  conditions: CONDITIONS,
  figures: await measureGroups(GROUPS, session),
}))
