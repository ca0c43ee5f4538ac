import {
  callMany,
  type Figure,
  median,
  readResidentBytes,
  type Session,
} from '@coupon-gateway/bench'
import { otherDocument } from './other-documents.ts'
import { byText, prepareCalls } from './validate-call.ts'
import { withServer } from './with-server.ts'

const IN_FLIGHT = 64
const REQUESTS = 500_000
const DISTINCT_DOCUMENTS = 50_000
/** Looks at the memory. In each tenth every document comes once, as rarely as those of one who floods us. */
const PARTS = 10
const BYTES_A_MEBIBYTE = 2 ** 20

export const MEMORY: readonly Omit<Figure, 'runs'>[] = [
  {
    id: 'gateway.3',
    what: 'resident memory over 500,000 requests with 50,000 distinct documents: median of the last three tenths, against that of the first three',
    unit: 'ratio',
    goal: '<= 1.1',
  },
  { id: 'gateway.3 end', what: 'resident memory at the end', unit: 'MiB', goal: '>= 0' },
]

/** Once, however many rounds there are: it is a course of time and no cost. */
export async function measureMemory({
  quick,
  progress,
}: Session): Promise<ReadonlyMap<string, number>> {
  const requests = quick ? REQUESTS / 20 : REQUESTS
  const distinct = quick ? DISTINCT_DOCUMENTS / 20 : DISTINCT_DOCUMENTS
  const callsOf: Awaited<ReturnType<typeof prepareCalls>>[] = []
  for (let n = 0; n < distinct; n += 1)
    callsOf.push(await prepareCalls(otherDocument(n), byText, 1))
  const residentBytes = await withServer('gateway', async (server) => {
    const parts: number[] = []
    for (let part = 0; part <= PARTS; part += 1) {
      const callOf = (n: number) => (callsOf[n % distinct] as (typeof callsOf)[number])(0)
      // The first is the warm-up, after which every document was seen once.
      const total = part === 0 ? distinct : requests / PARTS
      await callMany(server, { inFlight: IN_FLIGHT, callOf, warmUp: 0, total })
      if (part > 0) parts.push(await readResidentBytes(server.pid))
      progress(`  memory, part ${part} of ${PARTS}: ${toMebibytes(parts.at(-1) ?? 0)} MiB`)
    }
    return parts
  })
  const ratio = median(residentBytes.slice(-3)) / median(residentBytes.slice(0, 3))
  return new Map([
    ['gateway.3', ratio],
    ['gateway.3 end', toMebibytes(residentBytes.at(-1) ?? 0)],
  ])
}

function toMebibytes(bytes: number): number {
  return Math.round(bytes / BYTES_A_MEBIBYTE)
}
