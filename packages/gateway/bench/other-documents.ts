import { callMany, type Figure, type Session } from '@coupon-gateway/bench'
import { describeCalls } from './trusted.ts'
import { byText, prepareCalls, TRUSTED_TEXT } from './validate-call.ts'
import { type ServerName, withServer } from './with-server.ts'

const IN_FLIGHT = 64
const WARM_UP_CALLS = 20_000
const CALLS = 60_000
/** Those of a handful of partners, whose programs send each again and again. */
const DOCUMENTS = 50

export const OTHER_DOCUMENTS: readonly Omit<Figure, 'runs'>[] = [
  {
    id: 'gateway.2',
    what: `CPU of the process for a validateCoupon by one of ${DOCUMENTS} documents that are not trusted, against Apollo Server with defaults`,
    unit: 'ratio',
    goal: '<= 0.7',
  },
  { id: 'gateway.2 ours', what: 'CPU of the gateway', unit: 'µs', goal: '>= 0' },
  { id: 'gateway.2 Apollo', what: 'CPU of Apollo Server', unit: 'µs', goal: '>= 0' },
]

/** The same load on each server in turn. */
export async function measureOtherDocuments({
  quick,
  progress,
}: Session): Promise<ReadonlyMap<string, number>> {
  const size = (calls: number) => (quick ? calls / 5 : calls)
  const callsOf = await Promise.all(
    Array.from({ length: DOCUMENTS }, (_, n) => prepareCalls(otherDocument(n), byText)),
  )
  const callOf = (n: number) => (callsOf[n % DOCUMENTS] as (typeof callsOf)[number])(n)
  const load = { inFlight: IN_FLIGHT, callOf, warmUp: size(WARM_UP_CALLS), total: size(CALLS) }
  const measure = async (name: ServerName) => {
    const measured = await withServer(name, (server) => callMany(server, load))
    progress(describeCalls(`other documents, ${name}`, measured))
    return measured.cpuMicroseconds
  }
  const ours = await measure('gateway')
  const apollo = await measure('Apollo with defaults')
  return new Map([
    ['gateway.2', ours / apollo],
    ['gateway.2 ours', ours],
    ['gateway.2 Apollo', apollo],
  ])
}

/** The document that is trusted, under another name. */
export function otherDocument(n: number): string {
  return TRUSTED_TEXT.replace('query ValidateCoupon(', `query OfPartner${n}(`)
}
