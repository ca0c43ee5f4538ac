import type { Call } from '../call.ts'
import type { Endpoint } from '../plan.ts'
import { Caller, type IsRight } from './callers.ts'
import { percentile } from './percentile.ts'

export interface ClosedLoad {
  /** Callers at once; each makes his next call when the last was answered. */
  readonly callers: number
  readonly calls: number
  readonly callOf: (n: number) => Call
  readonly isRight: IsRight
}

export interface LoadResult {
  /** Right answers a second. */
  readonly goodput: number
  readonly medianMs: number
  readonly p99Ms: number
  /** CPU of the generator, of one core, while it measured. */
  readonly generatorPercent: number
}

/** As many calls as the answers allow. @throws WrongAnswerError any other answer */
export async function closedLoad(
  endpoint: Endpoint,
  { callers: atOnce, calls, callOf, isRight }: ClosedLoad,
): Promise<LoadResult> {
  const callers = Array.from({ length: atOnce }, () => new Caller(endpoint, isRight))
  let next = 0
  const latencies: number[] = []
  async function callOn(caller: Caller): Promise<void> {
    while (next < calls) {
      const n = next
      next += 1
      const calledAt = performance.now()
      await caller.call(callOf(n))
      latencies.push(performance.now() - calledAt)
    }
  }
  try {
    const cpuBefore = process.cpuUsage()
    const startedAt = performance.now()
    await Promise.all(callers.map(callOn))
    const ms = performance.now() - startedAt
    const { user, system } = process.cpuUsage(cpuBefore)
    return {
      goodput: (calls * 1_000) / ms,
      medianMs: percentile(latencies, 0.5),
      p99Ms: percentile(latencies, 0.99),
      generatorPercent: (user + system) / ms / 10,
    }
  } finally {
    await Promise.all(callers.map((caller) => caller.close()))
  }
}
