import { openRateBudget } from '../../src/budget/rate-budget.ts'
import type { Call } from '../../src/call.ts'
import { createCircuitBreaker } from '../../src/circuit-breaker.ts'
import { createPipeline } from '../../src/pipeline.ts'
import { createRetryBudget } from '../../src/retry-budget.ts'
import type { AnyUpstreamError } from '../../src/upstream-error.ts'
import { rotateUpstreams } from '../../src/upstream-rotation.ts'
import type { Plan } from './plan.ts'
import { seedRandom } from './random.ts'
import { createSimulatedStore } from './simulated-store.ts'
import { type Arrival, createSimulatedUpstream } from './simulated-upstream.ts'
import { clockOf, createVirtualTime } from './virtual-time.ts'

/** One call as its caller saw it. */
export interface SimulatedCall {
  readonly path: string
  readonly kind: 'read' | 'write'
  readonly startedAtMs: number
  readonly deadlineMs: number
  /** Its process was killed, or lives to the end. */
  readonly isOrphan: () => boolean
  endedAtMs: number | null
  /** `answered`, or the code of the failure. */
  end: string | null
}

export interface SimulatedRun {
  readonly plan: Plan
  readonly calls: readonly SimulatedCall[]
  readonly arrivals: readonly Arrival[]
}

/** The real stages of the pipeline, in as many processes as planned. */
export interface Stages {
  readonly createPipeline: typeof createPipeline
  readonly openRateBudget: typeof openRateBudget
}

export const REAL_STAGES: Stages = { createPipeline, openRateBudget }
/** After the last call has begun, until nothing can be under way any more. */
const AFTERMATH_MS = 30_000

/** Runs a plan to its end. The same seed and plan give the same run. */
export async function simulate(
  seed: number,
  plan: Plan,
  stages: Stages = REAL_STAGES,
): Promise<SimulatedRun> {
  const random = seedRandom(seed ^ 0x5eed)
  const time = createVirtualTime()
  const upstream = createSimulatedUpstream(plan, random, time)
  const store = createSimulatedStore(plan, random, time)
  const calls: SimulatedCall[] = []

  function startProcess(name: string, untilMs: number): () => void {
    let lives = true
    const isAlive = () => lives
    const clock = clockOf(time, isAlive)
    const budget = stages.openRateBudget({
      rules: { windows: plan.windows, writeShare: 0.2 },
      store: plan.isShared ? store.open(isAlive) : null,
      holder: name,
      expectedProcesses: plan.processes,
      attemptTimeoutMs: 5_000,
      clock,
      onSourceChange: () => {},
    })
    const run = stages.createPipeline({
      budget,
      concurrency: 8,
      maxQueued: 50,
      attemptTimeoutMs: 5_000,
      maxAttempts: 4,
      clock,
      random: random.next,
      hooks: {},
      journal: null,
      hostedReasons: {},
      upstreams: rotateUpstreams([
        {
          index: 0,
          transport: upstream.openTransport(isAlive),
          breaker: createCircuitBreaker({ clock, random: random.next }),
          retryBudget: createRetryBudget(),
        },
      ]),
    })

    function repeat(perSecond: number, kind: 'read' | 'write'): void {
      if (perSecond <= 0) return
      // As independent callers come: the times between them are exponential.
      time.at((-Math.log(1 - random.next()) / perSecond) * 1_000, () => {
        if (!lives || time.nowMs > untilMs) return
        begin(kind)
        repeat(perSecond, kind)
      })
    }

    function begin(kind: 'read' | 'write'): void {
      const path = `/${calls.length}`
      const deadlineMs = random.between(...plan.deadlinesMs)
      const call: SimulatedCall = {
        path,
        kind,
        startedAtMs: time.nowMs,
        deadlineMs,
        isOrphan: () => !lives,
        endedAtMs: null,
        end: null,
      }
      calls.push(call)
      const caller = new AbortController()
      if (random.chance(0.05)) time.at(random.between(0, 5_000), () => caller.abort())
      const settle = (end: string) => {
        call.end = end
        call.endedAtMs = time.nowMs
      }
      run(toCall(call, plan, caller.signal)).then(
        ({ kind: answer }) => settle(answer === 'key-in-use' ? 'key-in-use' : 'answered'),
        (error: AnyUpstreamError) => settle(error.code ?? `${error}`),
      )
    }

    repeat(plan.readsPerSecond, 'read')
    repeat(plan.writesPerSecond, 'write')
    return () => {
      lives = false
    }
  }

  const kills = Array.from({ length: plan.processes }, (_, index) =>
    startProcess(`process-${index}`, plan.durationMs),
  )
  if (plan.killAtMs !== null) {
    time.at(plan.killAtMs, () => {
      kills[0]?.()
      startProcess('process-0-again', plan.durationMs)
    })
  }
  foreignCalls()
  await time.runUntil(plan.durationMs + AFTERMATH_MS)
  return { plan, calls, arrivals: upstream.arrivals }

  function foreignCalls(): void {
    if (plan.foreignPerSecond <= 0) return
    time.at((-Math.log(1 - random.next()) / plan.foreignPerSecond) * 1_000, () => {
      if (time.nowMs > plan.durationMs) return
      upstream.arriveForeign()
      foreignCalls()
    })
  }
}

function toCall({ path, kind, deadlineMs }: SimulatedCall, plan: Plan, signal: AbortSignal): Call {
  const isWrite = kind === 'write'
  return {
    request: {
      method: isWrite ? 'PUT' : 'GET',
      path,
      headers: isWrite && plan.keepsKeys ? { 'idempotency-key': `key of ${path}` } : {},
      body: null,
    },
    effect: isWrite ? { kind, idempotencyKey: `key of ${path}` } : { kind: 'read' },
    info: { id: 1, operation: kind, kind, requestId: undefined },
    journalStep: null,
    isSafeToRepeat: !isWrite || plan.keepsKeys,
    deadlineMs,
    signal,
    trace: null,
  }
}
