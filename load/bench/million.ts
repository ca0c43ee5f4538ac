import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Figure, Session } from '@coupon-gateway/bench'
import type { Plan } from '../plan.ts'
import { withChaos } from '../runner/chaos.ts'
import { describeVerdict } from '../runner/describe-verdict.ts'
import { findK6 } from '../runner/k6-binary.ts'
import { createCoupons } from '../runner/make-plan.ts'
import { RESULT_FILES, runK6 } from '../runner/run-k6.ts'
import { sendCall } from '../runner/send-call.ts'
import { startTarget, type Target } from '../runner/start-target.ts'
import type { Verdict } from '../runner/verdict.ts'
import { verifyRun } from '../runner/verify-run.ts'

const ATTEMPTS = 1_000_000
/** Of ten who want it, one gets it. */
const ATTEMPTS_A_UNIT = 10
const USERS = 256
/** Faults are drawn for longer than the load can take: what it does not need is left out. */
const LONGEST_MS = 3_600_000
const SLO_MS = 250
/** Times between faults are so much longer than in a run of a minute, or most answers of this one would get lost. */
const CALMER = 5
/** Many answers get lost all the same, and each is asked for again. */
const SETTLE_MS = 1_800_000

export const MILLION: readonly Omit<Figure, 'runs'>[] = [
  {
    id: 'load.3',
    what: '1,000,000 attempts (k6, GraphQL) on a limit of 100,000 while parts are killed and links break: findings of the verifier',
    unit: 'faults',
    goal: '<= 0',
  },
  { id: 'load.3 oversold', what: 'redemptions beyond the limit', unit: 'units', goal: '<= 0' },
  { id: 'load.3 undersold', what: 'units that nobody got', unit: 'units', goal: '<= 0' },
  { id: 'load.3 chaos', what: 'faults that were carried out', unit: 'faults', goal: '>= 1' },
]

/**
 * Everything that a run of `pnpm load redeem chaos` is, but by a number of attempts in place of a time.
 *
 * @param _serverUrl not used: its PostgreSQL is killed, and so is one of its own
 */
export async function measureMillion(
  _serverUrl: string,
  { quick, progress }: Pick<Session, 'quick' | 'progress'>,
): Promise<ReadonlyMap<string, number>> {
  const { signal } = new AbortController()
  const k6 = await findK6(progress, signal)
  const folder = await mkdtemp(join(tmpdir(), 'coupon-gateway-million-'))
  const target = await startTarget(
    { kind: 'own', protocol: 'graphql', database: 'postgres' },
    { isFaulty: true, signal, onProgress: progress, onOutput: () => {} },
  )
  try {
    const plan = makePlan(quick ? ATTEMPTS / 50 : ATTEMPTS, target)
    await createCoupons(plan, sendCall, signal)
    const { result: end, faults } = await withChaos(
      plan,
      target,
      {
        history: join(folder, RESULT_FILES.history),
        onProgress: progress,
        longestMs: LONGEST_MS,
        calmer: quick ? 1 : CALMER,
      },
      () =>
        runK6(k6, plan, {
          folder,
          signal,
          onProgress: progress,
          onStart: () => {},
          onLoad: () => {},
        }),
    )
    const verdict = await verifyRun(plan, end, target, {
      folder,
      sloMs: SLO_MS,
      isSecondOpinionRequired: false,
      deadlineMs: SETTLE_MS,
      send: sendCall,
      onProgress: progress,
      signal,
    })
    progress(describeVerdict(verdict))
    return figuresOf(verdict, faults.length)
  } finally {
    await target.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

function makePlan(attempts: number, target: Target): Plan {
  const runId = randomBytes(6).toString('hex')
  const limit = attempts / ATTEMPTS_A_UNIT
  return {
    scenario: 'redeem',
    workload: 'million',
    // The same faults in the same order, run after run.
    seed: 1,
    runId,
    target: target.endpoint,
    shape: { kind: 'attempts', users: USERS, attempts },
    repeats: 1,
    chaos: 'default',
    toleratesUnknownAnswers: true,
    coupons: [
      {
        code: `L${runId.slice(0, 9)}00`.toUpperCase(),
        role: 'contested',
        limit,
        userLimit: 1,
        attempts,
        share: 1,
        customers: null,
        expectedGrants: limit,
        onsitePassword: null,
        isManaged: false,
        redeemedBefore: 0,
      },
    ],
  }
}

function figuresOf(
  { passed, differences, unknown, coupons }: Verdict,
  faults: number,
): ReadonlyMap<string, number> {
  const [{ limit = 0, granted = 0, logged = 0 } = {}] = coupons
  const redeemed = Math.max(granted, logged ?? 0)
  const found = differences.length + unknown.remaining
  return new Map([
    ['load.3', passed ? 0 : Math.max(1, found)],
    ['load.3 oversold', Math.max(0, redeemed - limit)],
    ['load.3 undersold', Math.max(0, limit - redeemed)],
    ['load.3 chaos', faults],
  ])
}
