import { readdirSync, readFileSync } from 'node:fs'

/** The CPU of what has one name. */
export interface WatchedCpu {
  readonly name: string
  /** Of one core. */
  readonly meanPercent: number
  /** `at`: milliseconds since 1970, the end of the time that the sample is about. */
  readonly samples: readonly { readonly at: number; readonly percent: number }[]
}

/** Watches the CPU of processes until it is stopped. */
export interface CpuWatch {
  /** Ends the watch. Empty where the system has no /proc. */
  stop(): readonly WatchedCpu[]
}

const INTERVAL_MS = 500
/** Linux counts CPU in hundredths of a second, whatever its clock does. @see proc(5), `_SC_CLK_TCK` */
const TICKS_PER_SECOND = 100

/**
 * Watches processes, each with the children that it has and had: a server's backends, a cluster's workers.
 *
 * @param pids by name: what has this name at this moment; undefined while it is down
 */
export function watchCpu(
  pids: Readonly<Record<string, () => number | undefined>>,
  readTicks: (pid: number) => number | undefined = readTreeTicks,
): CpuWatch {
  const begin = performance.now()
  const watched = Object.entries(pids).map(([name, pidNow]) => ({
    name,
    pidNow,
    /** Of the sample before. */
    pid: undefined as number | undefined,
    ticks: 0,
    usedTicks: 0,
    samples: [] as { at: number; percent: number }[],
  }))
  let lastMs = begin

  function sample(): void {
    const now = performance.now()
    for (const it of watched) {
      const pid = it.pidNow()
      const ticks = (pid === undefined ? undefined : readTicks(pid)) ?? 0
      const isSame = pid === it.pid
      if (now > lastMs && it.pid !== undefined) {
        // A process that took the place of another one starts from nothing, and nobody knows when it did.
        const used = Math.max(0, isSame ? ticks - it.ticks : ticks)
        it.usedTicks += used
        if (isSame) {
          const seconds = (now - lastMs) / 1_000
          const percent = Math.round((100 * used) / TICKS_PER_SECOND / seconds)
          it.samples.push({ at: Date.now(), percent })
        }
      }
      it.pid = pid
      it.ticks = ticks
    }
    lastMs = now
  }

  sample()
  const timer = setInterval(sample, INTERVAL_MS)
  return {
    stop() {
      clearInterval(timer)
      sample()
      const seconds = (lastMs - begin) / 1_000
      return watched
        .filter(({ samples }) => samples.length > 0)
        .map(({ name, usedTicks, samples }) => ({
          name,
          meanPercent: Math.round((100 * usedTicks) / TICKS_PER_SECOND / seconds),
          samples,
        }))
    },
  }
}

/** What a process, its children and those that it has outlived used. Undefined: it is gone, or there is no /proc. */
export function readTreeTicks(pid: number): number | undefined {
  const root = readStat(pid)
  if (root === undefined) return undefined
  let ticks = root.ownTicks + root.reapedTicks
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue
    const stat = readStat(Number(name))
    if (stat?.parent === pid) ticks += stat.ownTicks + stat.reapedTicks
  }
  return ticks
}

function readStat(pid: number) {
  let text: string
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'latin1')
  } catch {
    return undefined
  }
  // The name in parentheses may hold anything; what follows it is `state ppid …`, and utime is the 14th of all.
  const fields = text
    .slice(text.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number)
  const [parent, user, system, reapedUser, reapedSystem] = [1, 11, 12, 13, 14].map(
    (index) => fields[index] ?? 0,
  ) as [number, number, number, number, number]
  return { parent, ownTicks: user + system, reapedTicks: reapedUser + reapedSystem }
}
