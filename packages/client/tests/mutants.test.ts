import { cp, readFile, rm, writeFile } from 'node:fs/promises'
import { afterAll, describe, expect, it } from 'vitest'
import { decideRetry } from '../src/retry-decision.ts'
import { UnansweredError } from '../src/upstream-error.ts'
import { findBroken } from './simulation/invariants.ts'
import { type Plan, planRun } from './simulation/plan.ts'
import { REAL_STAGES, type Stages, simulate } from './simulation/simulate.ts'

// The real stages with one small change each. A change that no check notices could be made by mistake.
// The text to be changed must be there exactly once, so that no mutant turns into the original unnoticed.

interface Mutant {
  readonly name: string
  readonly file: string
  readonly from: string
  readonly to: string
  /** The circumstances in which it does harm. */
  readonly plan: Partial<Plan>
  /** The invariant that notices it. */
  readonly caughtBy: string
}

const NO_FAULTS = { refused: 0, lostBefore: 0, lostAfter: 0, hangs: 0, fails: 0 }
const LOSES_ANSWERS = { ...NO_FAULTS, lostAfter: 0.2 }
const BUSY = { readsPerSecond: 1.5, writesPerSecond: 1.5 }

const MUTANTS: readonly Mutant[] = [
  {
    name: 'a retry of an ambiguous redeem',
    file: 'retry-decision.ts',
    from: "    case 'key-in-use':\n      return isSafeToRepeat\n",
    to: "    case 'key-in-use':\n      return true\n",
    plan: { keepsKeys: false, faults: LOSES_ANSWERS },
    caughtBy: 'no write twice',
  },
  {
    name: 'a key that is made per attempt',
    file: 'attempt.ts',
    from: 'transport.send(request, sending)',
    to: `transport.send({ ...request, headers: { 'idempotency-key': String(Math.random()) } }, sending)`,
    plan: { keepsKeys: true, faults: LOSES_ANSWERS },
    caughtBy: 'no write twice',
  },
  {
    name: 'a budget per process',
    file: 'budget/rate-budget.ts',
    from: 'const { rules, store, holder, attemptTimeoutMs, clock } = parts',
    to: 'const { rules, holder, attemptTimeoutMs, clock } = parts; const store = null',
    plan: { ...BUSY, processes: 3, isShared: true },
    caughtBy: 'never over a window of the upstream',
  },
  {
    name: 'a token that is free again as soon as its attempt ends',
    file: 'budget/ledger.ts',
    from: 'Math.ceil(endedAtMs / slotMs) * slotMs + durationMs',
    to: 'Math.ceil(endedAtMs / slotMs) * slotMs',
    plan: BUSY,
    caughtBy: 'never over a window of the upstream',
  },
  {
    name: 'a window that counts from when a token was granted',
    file: 'budget/ledger.ts',
    from: 'Math.ceil(endedAtMs / slotMs) * slotMs + durationMs',
    to: 'Math.floor(endedAtMs / slotMs) * slotMs + durationMs - 2 * slotMs',
    plan: { ...BUSY, isShared: false, processes: 1, killAtMs: null },
    caughtBy: 'never over a window of the upstream',
  },
  {
    name: 'a retry that does not pay',
    file: 'budget/budget-stage.ts',
    from: 'settle(attempt.token)',
    to: 'budget.putBack(attempt.token)',
    plan: BUSY,
    caughtBy: 'never over a window of the upstream',
  },
  {
    name: 'a share of the whole budget for each process, while the store is down',
    file: 'budget/local-share.ts',
    from: 'windows: rules.windows.map((it) => ({ ...it, limit: Math.floor(it.limit / processes) })),',
    to: 'windows: rules.windows,',
    plan: { ...BUSY, processes: 3, isShared: true, storeOutage: [5_000, 60_000] },
    caughtBy: 'never over a window of the upstream',
  },
  {
    name: 'a queue that nobody leaves at his deadline',
    file: 'priority-queue.ts',
    from: 'leaveUnsent(tooLate(kind)),',
    to: '{},',
    plan: { ...BUSY, upstreamOutage: null, storeOutage: [5_000, 60_000], isShared: true },
    caughtBy: 'every call ends by its deadline',
  },
  {
    name: 'a write that is told to have failed although it was sent',
    file: 'retry-loop.ts',
    from: "effect.kind === 'write' && attemptOutcome.kind === 'transient'",
    to: 'false',
    plan: { keepsKeys: false, faults: LOSES_ANSWERS },
    caughtBy: 'the end of a write says whether it had its effect',
  },
]

/** So many runs of a mutant, of which one must show it. */
const SEEDS = 6
const COPIES = new URL('../.reports/mutants/', import.meta.url)

type Change = Pick<Mutant, 'file' | 'from' | 'to'>

/** The stages out of a copy of the sources with one change. */
async function plant(change: Change): Promise<Stages> {
  const copy = await copySources(change)
  const { createPipeline } = await import(/* @vite-ignore */ new URL('pipeline.ts', copy).pathname)
  const { openRateBudget } = await import(
    /* @vite-ignore */ new URL('budget/rate-budget.ts', copy).pathname
  )
  return { createPipeline, openRateBudget }
}

async function copySources({ file, from, to }: Change): Promise<URL> {
  const copy = new URL(`${crypto.randomUUID()}/src/`, COPIES)
  await cp(new URL('../src/', import.meta.url), copy, { recursive: true })
  const source = await readFile(new URL(file, copy), 'utf8')
  expect(source.split(from), `${file} holds the text once`).toHaveLength(2)
  await writeFile(
    new URL(file, copy),
    source.replace(from, () => to),
  )
  return copy
}

afterAll(() => rm(COPIES, { recursive: true, force: true }))

describe('of the pipeline:', () => {
  it.each(MUTANTS.map((mutant) => [mutant.name, mutant] as const))(
    '%s is caught, and the original is not accused',
    async (_name, mutant) => {
      const plans = Array.from({ length: SEEDS }, (_, seed) => planRun(seed, mutant.plan))
      const findIn = async (stages: Stages) => {
        const broken = new Set<string>()
        for (const [seed, plan] of plans.entries()) {
          const found = findBroken(await simulate(seed, plan, stages))
          for (const what of found) broken.add(what.split(':')[0] ?? '')
        }
        return broken
      }
      expect(await findIn(REAL_STAGES)).toEqual(new Set())
      expect(await findIn(await plant(mutant))).toContain(mutant.caughtBy)
    },
  )

  it('pauses without jitter are caught: callers who failed together came back together', async () => {
    const jitter = { file: 'retry-decision.ts', from: 'random() * Math.min(', to: '1 * Math.min(' }
    const copy = await copySources(jitter)
    const mutant = await import(/* @vite-ignore */ new URL('retry-decision.ts', copy).pathname)
    const error = new UnansweredError('UNAVAILABLE', 'for a test')
    const countDelays = (decide: typeof decideRetry) => {
      const decisions = Array.from({ length: 50 }, () =>
        decide({
          attemptOutcome: { kind: 'transient', error, retryAfterMs: null },
          attempt: 1,
          maxAttempts: 4,
          isSafeToRepeat: true,
          mayHaveHadEffect: false,
          remainingMs: 10_000,
          random: Math.random,
        }),
      )
      return new Set(decisions.map((it) => 'delayMs' in it && it.delayMs)).size
    }
    expect(countDelays(decideRetry)).toBeGreaterThan(40)
    expect(countDelays(mutant.decideRetry)).toBe(1)
  })
})
