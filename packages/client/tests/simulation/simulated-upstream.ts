import type { WireRequest } from '../../src/call.ts'
import type { Transport, WireResponse } from '../../src/transport.ts'
import type { Plan } from './plan.ts'
import type { SeededRandom } from './random.ts'
import type { VirtualTime } from './virtual-time.ts'

/** What came to the upstream, and what it did. */
export interface Arrival {
  readonly atMs: number
  /** The call that it belongs to; null for a call of somebody else. */
  readonly path: string | null
  readonly key: string | null
  readonly status: number
  readonly hasEffect: boolean
}

export interface SimulatedUpstream {
  readonly arrivals: readonly Arrival[]
  openTransport(isAlive: () => boolean): Transport
  arriveForeign(): void
}

const LONGEST_WAY_MS = 150

/** The upstream and the way to it: requests and answers take their time, are lost, or are refused. */
export function createSimulatedUpstream(
  plan: Plan,
  random: SeededRandom,
  time: VirtualTime,
): SimulatedUpstream {
  const arrivals: Arrival[] = []
  const admitted: number[] = []
  const beganAtMs = new Map<string, number>()
  const keys = new Map<string, WireResponse>()
  const wayMs = () => random.between(1, LONGEST_WAY_MS)

  /** Milliseconds until a call would be let in; 0 when it was. */
  function admit(): number {
    const nowMs = time.nowMs
    const waits = plan.windows.map(({ name, durationMs, limit }) => {
      let fromMs = nowMs - durationMs
      if (plan.upstreamWindows === 'at full periods') {
        fromMs = Math.floor(nowMs / durationMs) * durationMs
      } else if (plan.upstreamWindows === 'at the first call') {
        const began = beganAtMs.get(name)
        if (began === undefined || nowMs >= began + durationMs) beganAtMs.set(name, nowMs)
        fromMs = beganAtMs.get(name) ?? nowMs
      }
      const inWindow = admitted.filter((atMs) => atMs >= fromMs)
      if (inWindow.length < limit) return 0
      const endMs =
        plan.upstreamWindows === 'sliding' ? (inWindow[0] ?? 0) + durationMs : fromMs + durationMs
      return Math.max(1, endMs - nowMs)
    })
    const waitMs = Math.max(...waits)
    if (waitMs === 0) admitted.push(nowMs)
    return waitMs
  }

  function headers(waitMs: number): Record<string, string> {
    if (waitMs > 0) {
      return plan.tellsRetryAfter ? { 'retry-after': `${Math.ceil(waitMs / 1_000)}` } : {}
    }
    if (!plan.tellsRateLimits) return {}
    const told = plan.windows.map(({ name, durationMs, limit }) => {
      const used = admitted.filter((atMs) => atMs > time.nowMs - durationMs).length
      const seconds = durationMs / 1_000
      return {
        policy: `"${name}";q=${limit};w=${seconds}`,
        state: `"${name}";r=${Math.max(0, limit - used)};t=${seconds}`,
      }
    })
    return {
      'ratelimit-policy': told.map(({ policy }) => policy).join(', '),
      ratelimit: told.map(({ state }) => state).join(', '),
    }
  }

  function arrive({ path, method, headers: sent }: WireRequest): WireResponse {
    const key = sent['idempotency-key'] ?? null
    const record = (status: number, hasEffect: boolean) =>
      arrivals.push({ atMs: time.nowMs, path, key, status, hasEffect })
    const waitMs = admit()
    if (waitMs > 0) {
      record(429, false)
      return { status: 429, headers: headers(waitMs), body: '' }
    }
    const known = key === null ? undefined : keys.get(key)
    const fails = random.chance(plan.faults.fails)
    const hasEffect = method !== 'GET' && known === undefined && random.chance(fails ? 0.5 : 1)
    record(fails ? 500 : 200, hasEffect)
    const done = { status: 200, headers: headers(0), body: '{"code":0,"message":"","result":null}' }
    if (hasEffect && key !== null) keys.set(key, done)
    return fails ? { status: 500, headers: {}, body: '<html>' } : (known ?? done)
  }

  return {
    arrivals,
    arriveForeign() {
      const status = admit() > 0 ? 429 : 200
      arrivals.push({ atMs: time.nowMs, path: null, key: null, status, hasEffect: false })
    },
    openTransport: (isAlive) => ({
      send: (request, exchange) =>
        new Promise((resolve, reject) => {
          const inTime = (delayMs: number, event: () => void) =>
            time.at(delayMs, () => {
              if (isAlive()) event()
            })
          const lose = () => reject(new Error('the connection was lost'))
          exchange.whenGivenUp = lose
          const isDown = isWithin(plan.upstreamOutage, time.nowMs)
          if (isDown || random.chance(plan.faults.refused)) {
            inTime(wayMs(), lose)
            return
          }
          inTime(random.between(0, 20), () => {
            if (exchange.isGivenUp) return
            exchange.isSent = true
            if (random.chance(plan.faults.lostBefore)) {
              inTime(wayMs(), lose)
              return
            }
            // What was sent arrives, whether or not its sender still lives.
            time.at(wayMs(), () => {
              const answer = arrive(request)
              if (random.chance(plan.faults.hangs)) return
              inTime(wayMs(), () =>
                random.chance(plan.faults.lostAfter) ? lose() : resolve(answer),
              )
            })
          })
        }),
      close: async () => {},
    }),
  }
}

export function isWithin(span: readonly [number, number] | null, atMs: number): boolean {
  return span !== null && atMs >= span[0] && atMs < span[1]
}
