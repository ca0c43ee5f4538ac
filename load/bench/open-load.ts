import type { Call } from '../call.ts'
import type { Endpoint } from '../plan.ts'
import { Caller, type IsRight } from './callers.ts'
import type { LoadResult } from './closed-load.ts'
import { percentile } from './percentile.ts'

export interface OpenLoad {
  /** Calls a second, evenly spaced, whether or not answers come. */
  readonly rate: number
  readonly durationMs: number
  /** Most that may wait for an answer at a time. */
  readonly callers: number
  readonly callOf: (n: number) => Call
  readonly isRight: IsRight
}

/** More callers were waiting than there are: the rate is more than the target can take. */
export class OverloadError extends Error {
  override readonly name = 'OverloadError'
}

/** The first part is not measured: code is compiled, connections are opened. */
const WARM_UP_PART = 0.25
const TICK_MS = 1

/**
 * Calls by the clock. A latency counts from when the call was due, so that a target that is late for one call is late
 * for those behind it, too.
 *
 * @throws OverloadError, WrongAnswerError
 */
export async function openLoad(
  endpoint: Endpoint,
  { rate, durationMs, callers: most, callOf, isRight }: OpenLoad,
): Promise<LoadResult> {
  const idle = Array.from({ length: most }, () => new Caller(endpoint, isRight))
  const callers = [...idle]
  const total = Math.ceil((rate * durationMs) / 1_000)
  const warmUp = Math.ceil(total * WARM_UP_PART)
  const latencies: number[] = []
  const running: Promise<void>[] = []
  let cpuBefore = process.cpuUsage()
  let begunAt = performance.now()
  const startedAt = performance.now()

  async function callAt(n: number, dueAt: number): Promise<void> {
    const caller = idle.pop()
    if (caller === undefined) {
      throw new OverloadError(
        `${most} callers were not enough for ${rate.toFixed(0)} calls a second`,
      )
    }
    await caller.call(callOf(n))
    idle.push(caller)
    if (n >= warmUp) latencies.push(performance.now() - dueAt)
  }

  try {
    await new Promise<void>((resolve, reject) => {
      let next = 0
      const timer = setInterval(() => {
        const now = performance.now()
        for (; next < total; next += 1) {
          const dueAt = startedAt + (next * 1_000) / rate
          if (dueAt > now) return
          if (next === warmUp) {
            cpuBefore = process.cpuUsage()
            begunAt = now
          }
          const call = callAt(next, dueAt)
          call.catch((error) => {
            clearInterval(timer)
            reject(error)
          })
          running.push(call)
        }
        clearInterval(timer)
        resolve()
      }, TICK_MS)
    })
    await Promise.all(running)
    const ms = performance.now() - begunAt
    const { user, system } = process.cpuUsage(cpuBefore)
    return {
      goodput: (latencies.length * 1_000) / ms,
      medianMs: percentile(latencies, 0.5),
      p99Ms: percentile(latencies, 0.99),
      generatorPercent: (user + system) / ms / 10,
    }
  } finally {
    await Promise.allSettled(running)
    await Promise.all(callers.map((caller) => caller.close()))
  }
}
