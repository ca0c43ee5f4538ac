import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findBroken } from './simulation/invariants.ts'
import { type Plan, planRun } from './simulation/plan.ts'
import { type SimulatedRun, simulate } from './simulation/simulate.ts'

/** `SIMULATION_SEED=17` repeats one run, `SIMULATION_SEEDS=20000` makes more of them. */
const ONE_SEED = process.env.SIMULATION_SEED
const SEEDS = Number(process.env.SIMULATION_SEEDS ?? 300)
/** A seed takes some 10 ms, on a machine that does much else ten times as long. */
const TIMEOUT_MS = 30_000 + 100 * SEEDS

/** Nothing goes wrong, and the windows are as long as real ones. */
const CALM: Partial<Plan> = {
  windows: [{ name: 'minute', durationMs: 60_000, limit: 60 }],
  faults: { refused: 0, lostBefore: 0, lostAfter: 0, hangs: 0, fails: 0 },
  upstreamOutage: null,
  storeOutage: null,
  storeFaults: 0,
  foreignPerSecond: 0,
  tellsRateLimits: true,
  killAtMs: null,
  durationMs: 240_000,
  deadlinesMs: [10_000, 15_000],
}

/** Calls with such an end, of those that began when the first window was over. */
function endsOf({ calls }: SimulatedRun, kind: 'read' | 'write', end: string | null = null) {
  const settled = calls.filter((it) => it.startedAtMs > 60_000)
  return settled.filter((it) => it.kind === kind && (end === null || it.end === end)).length
}

describe('the whole pipeline, simulated', () => {
  // Thousands of failures are made here, and nobody reads where.
  const { stackTraceLimit } = Error
  beforeAll(() => {
    Error.stackTraceLimit = 0
  })
  afterAll(() => {
    Error.stackTraceLimit = stackTraceLimit
  })

  it(
    'keeps every invariant, whatever the seed',
    async () => {
      const first = ONE_SEED === undefined ? 1 : Number(ONE_SEED)
      const last = ONE_SEED === undefined ? SEEDS : first
      const broken: string[] = []
      for (let seed = first; seed <= last; seed += 1) {
        const run = await simulate(seed, planRun(seed))
        for (const what of findBroken(run)) broken.push(`SIMULATION_SEED=${seed}: ${what}`)
      }
      expect(broken).toEqual([])
    },
    TIMEOUT_MS,
  )

  it('repeats a run exactly when the seed is the same', async () => {
    const runs = [await simulate(7, planRun(7)), await simulate(7, planRun(7))]
    expect(runs[0]?.arrivals.length).toBeGreaterThan(0)
    expect(runs[0]?.arrivals).toEqual(runs[1]?.arrivals)
  })

  it.each([
    [1, false],
    [1, true],
    [3, true],
  ])(
    'uses at least 95 of 100 allowed calls when there is demand, and none is refused: %i processes, shared: %s',
    async (processes, isShared) => {
      for (const upstreamWindows of ['at the first call', 'sliding'] as const) {
        const demand = { readsPerSecond: 2 / processes, writesPerSecond: 1 / processes }
        const plan = planRun(1, { ...CALM, ...demand, upstreamWindows, processes, isShared })
        const run = await simulate(1, plan)
        const first = run.arrivals[0]?.atMs ?? 0
        const inTime = run.arrivals.filter(({ atMs }) => atMs < first + 120_000)
        expect(inTime.length).toBeGreaterThanOrEqual(0.95 * 120)
        expect(run.arrivals.filter(({ status }) => status === 429)).toEqual([])
        expect(findBroken(run)).toEqual([])
      }
    },
  )

  it('lets writes through a flood of reads, of other processes too', async () => {
    for (const processes of [1, 3]) {
      const demand = { readsPerSecond: 10 / processes, writesPerSecond: 0.15 / processes }
      const run = await simulate(3, planRun(3, { ...CALM, ...demand, processes, isShared: true }))
      expect(endsOf(run, 'write')).toBeGreaterThan(5)
      expect(endsOf(run, 'write', 'RATE_LIMITED')).toBe(0)
      expect(endsOf(run, 'read', 'RATE_LIMITED')).toBeGreaterThan(100)
    }
  })

  it('lets some reads through a flood of writes, of other processes too', async () => {
    for (const processes of [1, 3]) {
      const demand = { readsPerSecond: 0.2 / processes, writesPerSecond: 5 / processes }
      const run = await simulate(5, planRun(5, { ...CALM, ...demand, processes, isShared: true }))
      expect(endsOf(run, 'read', 'answered')).toBeGreaterThanOrEqual(3)
      expect(endsOf(run, 'write', 'RATE_LIMITED')).toBeGreaterThan(100)
    }
  })
})
