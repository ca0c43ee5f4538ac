import { setTimeout as sleep } from 'node:timers/promises'
import { openPostgres } from '@coupon-gateway/database'
import { createUpstreamClient, PLAN_RATE_LIMITS } from '../src/index.ts'

// One of the processes that share a key: offers calls evenly, whatever becomes of them, and reports.

export interface SharedKeyReport {
  readonly firstAnswerMs: number
  readonly sent: number
  readonly refused: number
  /** Calls that the api let through from its first answer on, for as long as is measured. */
  readonly usedInTime: number
}

const [url = '', budgetUrl = '', startAt = '', duration = '', perSecond = ''] =
  process.argv.slice(2)
const durationMs = Number(duration)
const database = openPostgres(budgetUrl, { poolSize: 2 })
const answeredAtMs: number[] = []
let sent = 0
let refused = 0
const client = createUpstreamClient({
  urls: [url],
  apiKey: 'demo_limited_key',
  profile: 'native',
  rateLimits: PLAN_RATE_LIMITS.personal,
  database,
  hooks: {
    onAttemptEnd({ status }) {
      sent += 1
      if (status === 429) refused += 1
      else if (status !== null) answeredAtMs.push(Date.now())
    },
  },
})

const open = new Set<Promise<unknown>>()
await sleep(Math.max(0, Number(startAt) - Date.now()))
const startedAtMs = performance.now()
for (let count = 0; performance.now() - startedAtMs < durationMs; count += 1) {
  // Two of three validate, the third redeems: each coupon is another, so that no call stands for two.
  const code = `BENCH${String(process.pid).padStart(5, '0').slice(-5)}${String(count).padStart(5, '0')}`
  const call = (
    count % 3 === 0 ? client.redeem({ code, memo: 'bench' }) : client.validate({ code })
  ).catch(() => {})
  open.add(call)
  void call.then(() => open.delete(call))
  const nextAtMs = startedAtMs + ((count + 1) * 1_000) / Number(perSecond)
  await sleep(Math.max(0, nextAtMs - performance.now()))
}
const endMs = Date.now()
await Promise.all(open)
await client.close()
await database.close()
const report: SharedKeyReport = {
  firstAnswerMs: Math.min(...answeredAtMs),
  sent,
  refused,
  usedInTime: answeredAtMs.filter((atMs) => atMs <= endMs).length,
}
process.stdout.write(JSON.stringify(report))
