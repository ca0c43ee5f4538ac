import { setTimeout as sleep } from 'node:timers/promises'
import type { Figure, Session } from '@coupon-gateway/bench'
import { createUpstreamClient } from '../src/index.ts'
import { answer, done, reset, startUpstream, WIRE_COUPON } from '../tests/misbehaving-upstream.ts'

const FAILING_CALLS = 2_000
const IN_FLIGHT = 64
const CALLS_PER_SECOND = 200
const OUTAGE_MS = 1_000
/** Full service: every call that begins in so long a time is answered. */
const STEP_MS = 100
const WATCHED_MS = 8_000

/** Figure 2: an upstream that answers nothing but errors, and one that is gone for a second. */
export async function measureOutage({ rounds, progress }: Session): Promise<Figure[]> {
  const amplifications: number[] = []
  const recoveries: number[] = []
  for (let round = 1; round <= rounds; round += 1) {
    amplifications.push(await measureAmplification())
    recoveries.push(await measureRecovery())
    progress(`  round ${round}: × ${amplifications.at(-1)}, ${recoveries.at(-1)} s`)
  }
  return [
    {
      id: 'client.2a',
      what: `${FAILING_CALLS} calls to an upstream that fails all: attempts for each call`,
      unit: 'ratio',
      goal: '<= 1.1',
      runs: amplifications,
    },
    {
      id: 'client.2b',
      what: `full service after an outage of 1 s, at ${CALLS_PER_SECOND} calls a second`,
      unit: 's',
      goal: '<= 5',
      runs: recoveries,
    },
  ]
}

async function measureAmplification(): Promise<number> {
  const upstream = await startUpstream(answer(500, 'oops'))
  const client = openClient(upstream.url)
  let next = 0
  const work = async () => {
    while (next < FAILING_CALLS) {
      next += 1
      await client.validate({ code: codeOf(next) }).catch(() => {})
    }
  }
  await Promise.all(Array.from({ length: IN_FLIGHT }, work))
  await client.close()
  const ratio = upstream.received.length / FAILING_CALLS
  await upstream.close()
  return ratio
}

async function measureRecovery(): Promise<number> {
  let isDown = false
  const serve = done(WIRE_COUPON)
  const upstream = await startUpstream((response, request) =>
    isDown ? reset(response, request) : serve(response, request),
  )
  const client = openClient(upstream.url)
  const failedAtMs: number[] = []
  const open: Promise<unknown>[] = []
  const startedAtMs = performance.now()
  let outageEndMs = Number.POSITIVE_INFINITY
  for (let count = 0; performance.now() - startedAtMs < WATCHED_MS + 2 * OUTAGE_MS; count += 1) {
    const nowMs = performance.now()
    isDown = nowMs - startedAtMs >= OUTAGE_MS && nowMs - startedAtMs < 2 * OUTAGE_MS
    if (!isDown && nowMs - startedAtMs >= 2 * OUTAGE_MS) outageEndMs = Math.min(outageEndMs, nowMs)
    open.push(client.validate({ code: codeOf(count) }).catch(() => failedAtMs.push(nowMs)))
    await sleep(
      Math.max(0, startedAtMs + ((count + 1) * 1_000) / CALLS_PER_SECOND - performance.now()),
    )
  }
  await Promise.all(open)
  await client.close()
  await upstream.close()
  const lastFailureMs = Math.max(outageEndMs, ...failedAtMs)
  return Math.ceil((lastFailureMs - outageEndMs) / STEP_MS) * (STEP_MS / 1_000)
}

function openClient(url: string) {
  return createUpstreamClient({ urls: [url], apiKey: 'key', profile: 'native' })
}

const codeOf = (number: number) => `BENCH${String(number).padStart(7, '0')}`
