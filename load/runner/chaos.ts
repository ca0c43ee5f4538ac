import { stat } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { type CarriedOutFault, carryOut } from '../chaos/carry-out.ts'
import { makeSchedule } from '../chaos/make-schedule.ts'
import type { LoadShape, Plan } from '../plan.ts'
import type { Target } from './start-target.ts'

export interface ChaosOptions {
  /** Where the load writes what it is told: with the first line it has begun, and so do the faults. */
  readonly history: string
  /** Told of each fault as it begins, for people. */
  readonly onProgress: (message: string) => void
  /** For how long faults are drawn; unless given, for as long as a load by the clock takes. */
  readonly longestMs?: number
  /** Times between faults are so much longer. Default 1. */
  readonly calmer?: number
}

const LOOK_INTERVAL_MS = 50

/**
 * Carries faults out beside the load, where the plan asks for them. They are drawn from its seed, for what the target
 * has that can be broken.
 *
 * @returns what `load` returns, when all that was taken away is back, and the faults
 */
export async function withChaos<Result>(
  { chaos, seed, shape }: Plan,
  { chaosTarget }: Target,
  { history, onProgress, longestMs, calmer = 1 }: ChaosOptions,
  load: () => Promise<Result>,
): Promise<{ readonly result: Result; readonly faults: readonly CarriedOutFault[] }> {
  if (chaos === null) return { result: await load(), faults: [] }
  const schedule = makeSchedule(seed, longestMs ?? durationOf(shape), {
    parts: Object.keys(chaosTarget.parts) as (keyof typeof chaosTarget.parts)[],
    links: Object.keys(chaosTarget.links) as (keyof typeof chaosTarget.links)[],
  }).map((it) => ({ ...it, atMs: it.atMs * calmer }))
  const over = new AbortController()
  const breaking = untilNotEmpty(history, over.signal).then(() =>
    carryOut(schedule, chaosTarget, { signal: over.signal, onProgress }),
  )
  try {
    const result = await load()
    over.abort()
    return { result, faults: await breaking }
  } catch (error) {
    over.abort()
    // Why the load failed says more than what a fault met after it.
    await breaking.catch(() => {})
    throw error
  }
}

async function untilNotEmpty(file: string, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const size = await stat(file).then(
      (it) => it.size,
      () => 0,
    )
    if (size > 0) return
    await sleep(LOOK_INTERVAL_MS)
  }
}

function durationOf(shape: LoadShape): number {
  if (shape.kind === 'attempts') throw new Error('chaos goes by the clock, and so must its load')
  return shape.stages.reduce((sum, { durationMs }) => sum + durationMs, 0)
}
