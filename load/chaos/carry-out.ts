import { setTimeout as sleep } from 'node:timers/promises'
import { describeFault, type Link, type Part, type ScheduledFault } from './fault.ts'
import type { FaultProxy } from './fault-proxy.ts'

/** A process, or several that are one part, which can be crashed and started again. */
export interface CrashablePart {
  /** Ends one of its processes at once, as a crash does. Answers once it is gone, with how to start it again. */
  crash(): Promise<() => Promise<void>>
}

/** What faults are done to. Schedules are drawn for the parts and links that it has. */
export interface ChaosTarget {
  readonly parts: Readonly<Partial<Record<Part, CrashablePart>>>
  /** Where several processes are one end of a link, each has a proxy of its own. */
  readonly links: Readonly<Partial<Record<Link, readonly FaultProxy[]>>>
}

/** A fault that was carried out, and when: what the schedule says, and what the machine made of it. */
export interface CarriedOutFault extends ScheduledFault {
  /** Milliseconds since 1970. */
  readonly beganAt: number
  /** All is as before: the part takes requests again, the link is quick. */
  readonly endedAt: number
}

export interface CarryOutOptions {
  /** The load is over: faults that have not begun are left out, those that have are brought to their end. */
  readonly signal: AbortSignal
  /** Told of each fault as it begins, for people. */
  readonly onProgress: (message: string) => void
}

/**
 * Carries out a schedule, from now on. Whatever happens, everything that was taken away is back when it answers:
 * the verifier asks the target afterwards.
 *
 * A fault that is late, since a restart took longer, comes as soon as the one before is over.
 */
export async function carryOut(
  schedule: readonly ScheduledFault[],
  target: ChaosTarget,
  { signal, onProgress }: CarryOutOptions,
): Promise<readonly CarriedOutFault[]> {
  const begin = performance.now()
  const nowMs = () => Math.round(performance.now() - begin)
  const carriedOut: CarriedOutFault[] = []
  for (const { atMs, fault } of schedule) {
    await waitUnlessOver(atMs - nowMs(), signal)
    if (signal.aborted) break
    const beganAt = Date.now()
    onProgress(`chaos at ${(nowMs() / 1000).toFixed(1)} s: ${describeFault(fault)}`)
    switch (fault.kind) {
      case 'kill': {
        const restart = await partOf(target, fault.part).crash()
        await waitUnlessOver(fault.downMs, signal)
        await restart()
        break
      }
      case 'reset':
        for (const proxy of linkOf(target, fault.link)) proxy.resetAll()
        break
      case 'delay': {
        const proxies = linkOf(target, fault.link)
        for (const proxy of proxies) proxy.setDelay(fault.delayMs)
        await waitUnlessOver(fault.durationMs, signal)
        for (const proxy of proxies) proxy.setDelay(0)
        break
      }
      case 'lose-answers': {
        const proxies = linkOf(target, fault.link)
        for (const proxy of proxies) proxy.loseAnswers()
        await waitUnlessOver(fault.durationMs, signal)
        for (const proxy of proxies) proxy.stopLosingAnswers()
        break
      }
      default:
        throw new Error(`unknown fault ${fault satisfies never}`)
    }
    carriedOut.push({ atMs, fault, beganAt, endedAt: Date.now() })
  }
  return carriedOut
}

async function waitUnlessOver(ms: number, signal: AbortSignal): Promise<void> {
  if (ms <= 0) return
  await sleep(ms, undefined, { signal }).catch((error) => {
    if (!signal.aborted) throw error
  })
}

function partOf({ parts }: ChaosTarget, part: Part): CrashablePart {
  const crashable = parts[part]
  if (crashable === undefined) throw new Error(`the target has no ${part} to kill`)
  return crashable
}

function linkOf({ links }: ChaosTarget, link: Link): readonly FaultProxy[] {
  const proxies = links[link]
  if (proxies === undefined) throw new Error(`the target has no proxy on its ${link} link`)
  return proxies
}
