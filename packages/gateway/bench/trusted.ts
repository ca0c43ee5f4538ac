import { type CalledMany, callMany, type Figure, type Session } from '@coupon-gateway/bench'
import {
  byDocumentId,
  byMercuriusHash,
  byText,
  type NameDocument,
  prepareCalls,
  TRUSTED_TEXT,
} from './validate-call.ts'
import { type ServerName, withServer } from './with-server.ts'

const IN_FLIGHT = 64
const WARM_UP_CALLS = 20_000
const CALLS = 60_000

export const TRUSTED: readonly Omit<Figure, 'runs'>[] = [
  {
    id: 'gateway.1a',
    what: 'CPU of the process for a trusted validateCoupon, against Mercurius with JIT and persisted queries',
    unit: 'ratio',
    goal: '<= 1',
  },
  {
    id: 'gateway.1b',
    what: 'the same against Apollo Server with defaults on Fastify',
    unit: 'ratio',
    goal: '<= 0.45',
  },
  {
    id: 'gateway.1 ours',
    what: 'CPU of the gateway, asked by documentId',
    unit: 'µs',
    goal: '>= 0',
  },
  { id: 'gateway.1 by text', what: 'the same, asked by the text', unit: 'µs', goal: '>= 0' },
  { id: 'gateway.1 Mercurius', what: 'CPU of Mercurius', unit: 'µs', goal: '>= 0' },
  { id: 'gateway.1 Apollo', what: 'CPU of Apollo Server', unit: 'µs', goal: '>= 0' },
]

/** The same load on each server in turn. */
export async function measureTrusted({
  quick,
  progress,
}: Session): Promise<ReadonlyMap<string, number>> {
  const size = (calls: number) => (quick ? calls / 5 : calls)
  const measure = async (name: ServerName, nameDocument: NameDocument) => {
    const callOf = await prepareCalls(TRUSTED_TEXT, nameDocument)
    const load = { inFlight: IN_FLIGHT, callOf, warmUp: size(WARM_UP_CALLS), total: size(CALLS) }
    const measured = await withServer(name, (server) => callMany(server, load))
    progress(describeCalls(`trusted, ${name}`, measured))
    return measured.cpuMicroseconds
  }
  const ours = await measure('gateway', byDocumentId)
  const mercurius = await measure('Mercurius with JIT', byMercuriusHash)
  const apollo = await measure('Apollo with defaults', byText)
  const oursByText = await measure('gateway', byText)
  return new Map([
    ['gateway.1a', ours / mercurius],
    ['gateway.1b', ours / apollo],
    ['gateway.1 ours', ours],
    ['gateway.1 by text', oursByText],
    ['gateway.1 Mercurius', mercurius],
    ['gateway.1 Apollo', apollo],
  ])
}

export function describeCalls(what: string, { goodput, cpuMicroseconds }: CalledMany): string {
  return `  ${what}: ${goodput.toFixed(0)}/s, ${cpuMicroseconds.toFixed(1)} µs of the process each`
}
