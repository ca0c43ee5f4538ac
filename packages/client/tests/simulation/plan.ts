import type { RateWindow } from '../../src/budget/rate-limits.ts'
import { type SeededRandom, seedRandom } from './random.ts'

/** All that a seed decides before a run begins. */
export interface Plan {
  readonly windows: readonly RateWindow[]
  /** Where the upstream lets its windows begin. */
  readonly upstreamWindows: 'at the first call' | 'at full periods' | 'sliding'
  readonly processes: number
  /** Over one store; a process alone keeps its ledger itself in some runs. */
  readonly isShared: boolean
  /** Retries of a write have no second effect, since the upstream keeps its key. */
  readonly keepsKeys: boolean
  readonly durationMs: number
  readonly deadlinesMs: readonly [shortest: number, longest: number]
  /** Calls of a process in a second. */
  readonly readsPerSecond: number
  readonly writesPerSecond: number
  /** Chances that befall a request, each. */
  readonly faults: {
    readonly refused: number
    readonly lostBefore: number
    readonly lostAfter: number
    readonly hangs: number
    readonly fails: number
  }
  /** While nothing answers at all. */
  readonly upstreamOutage: readonly [fromMs: number, toMs: number] | null
  /** While no process reaches the store. */
  readonly storeOutage: readonly [fromMs: number, toMs: number] | null
  /** A chance that befalls an exchange with the store, each: refused, lost after it was done, late. */
  readonly storeFaults: number
  /** Calls in a second that somebody else makes with the same key. */
  readonly foreignPerSecond: number
  readonly tellsRateLimits: boolean
  readonly tellsRetryAfter: boolean
  /** A process is killed then, and another takes its place. */
  readonly killAtMs: number | null
}

export function planRun(seed: number, overrides: Partial<Plan> = {}): Plan {
  const random = seedRandom(seed)
  const durationMs = random.integer(20, 70) * 1_000
  const limit = random.integer(3, 20)
  const processes = random.integer(1, 4)
  const hasFaults = random.chance(0.5)
  const faultChance = () => (hasFaults ? random.between(0, 0.08) : 0)
  const demand = random.between(0.2, 4)
  const writePart = random.next()
  const isShared = processes > 1 || random.chance(0.5)
  const perProcess = (demand * limit) / 10 / processes
  return {
    windows: [
      { name: 'minute', durationMs: 10_000, limit },
      { name: 'hour', durationMs: 30_000, limit: Math.ceil(limit * random.between(1.5, 3)) },
      { name: 'day', durationMs: 60_000, limit: Math.ceil(limit * random.between(3, 6)) },
    ],
    upstreamWindows: random.pick(['at the first call', 'at full periods', 'sliding']),
    processes,
    isShared,
    keepsKeys: random.chance(0.5),
    durationMs,
    deadlinesMs: [500, 15_000],
    readsPerSecond: perProcess * (1 - writePart),
    writesPerSecond: perProcess * writePart,
    faults: {
      refused: faultChance(),
      lostBefore: faultChance(),
      lostAfter: faultChance(),
      hangs: faultChance(),
      fails: faultChance(),
    },
    upstreamOutage: random.chance(0.2) ? span(random, durationMs) : null,
    storeOutage: random.chance(0.2) ? span(random, durationMs) : null,
    storeFaults: random.chance(0.3) ? random.between(0, 0.1) : 0,
    foreignPerSecond: random.chance(0.2) ? random.between(0, limit / 20) : 0,
    tellsRateLimits: random.chance(0.5),
    tellsRetryAfter: random.chance(0.5),
    // A process alone has its ledger in its memory, which dies with it.
    killAtMs: isShared && random.chance(0.2) ? random.between(0, durationMs) : null,
    ...overrides,
  }
}

function span(random: SeededRandom, durationMs: number): [number, number] {
  const fromMs = random.between(0, durationMs)
  return [fromMs, fromMs + random.between(100, 30_000)]
}
