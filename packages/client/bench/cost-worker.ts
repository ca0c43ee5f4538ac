import { median } from '@coupon-gateway/bench'
import { Pool } from 'undici'
import { createUpstreamClient } from '../src/index.ts'

// One subject in a process of its own: warms up, makes its calls, and says what each cost.

export interface CostReport {
  /** Of this process, user and system, for one call. */
  readonly cpuMicroseconds: number
  /** Resident memory in the second half of the calls, against in the first. */
  readonly memoryRatio: number
}

const IN_FLIGHT = 64
const PARTS = 10
/** Until the compiler has done with both: ours is the larger, and its compilation is no cost of a call. */
const WARM_UP_CALLS = 40_000

const [url = '', subject = '', calls = ''] = process.argv.slice(2)
const total = Number(calls)
const { call, close } = subject === 'client' ? openClient() : openBare()

await run(WARM_UP_CALLS)
const before = process.cpuUsage()
// The allocator gives pages back when it likes: one look at it would show its mood.
const residentBytes: number[] = []
for (let part = 0; part < PARTS; part += 1) {
  await run(total / PARTS)
  globalThis.gc?.()
  residentBytes.push(process.memoryUsage.rss())
}
const { user, system } = process.cpuUsage(before)
const half = PARTS / 2
const report: CostReport = {
  cpuMicroseconds: (user + system) / total,
  memoryRatio: median(residentBytes.slice(half)) / median(residentBytes.slice(0, half)),
}
await close()
process.stdout.write(JSON.stringify(report))

async function run(count: number): Promise<void> {
  let made = 0
  const work = async () => {
    while (made < count) {
      made += 1
      await call(`BENCH${String(made).padStart(7, '0')}`)
    }
  }
  await Promise.all(Array.from({ length: IN_FLIGHT }, work))
}

function openClient() {
  const client = createUpstreamClient({ urls: [url], apiKey: 'key', profile: 'native' })
  return {
    call: async (code: string) => {
      const { outcome } = await client.validate({ code })
      if (outcome !== 'usable') throw new Error(outcome)
    },
    close: () => client.close(),
  }
}

/** What a program without this package would do at the least: the same request, and the JSON of its answer. */
function openBare() {
  const pool = new Pool(url, { connections: IN_FLIGHT })
  const headers = {
    authorization: 'APIKey key',
    accept: 'application/json',
    'accept-language': 'en',
    'user-agent': 'coupon-gateway-client',
    prefer: 'return=representation',
  }
  return {
    call: async (code: string) => {
      const path = `/api/coupon/v1/validate?cpnNo=${code}`
      const { statusCode, body } = await pool.request({ method: 'GET', path, headers })
      const envelope = (await body.json()) as { readonly code: number }
      if (statusCode !== 200 || envelope.code !== 0) throw new Error(`HTTP ${statusCode}`)
    },
    close: () => pool.close(),
  }
}
