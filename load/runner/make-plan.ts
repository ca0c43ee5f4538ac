import { randomBytes } from 'node:crypto'
import type { Endpoint, Outcome, Plan, PlannedCoupon } from '../plan.ts'
import { SCENARIOS } from '../scenarios/index.ts'
import type { Scenario } from '../scenarios/scenario.ts'
import { WORKLOADS } from '../workloads/index.ts'
import { shapeOf, volumeOf } from '../workloads/shape.ts'
import type { Workload } from '../workloads/workload.ts'
import type { LoadOptions } from './load-options.ts'
import type { SendCall } from './send-call.ts'

/** A target takes so long at most to create a coupon. */
const CREATE_TIMEOUT_MS = 15_000

/** Plans a run. Its coupons are not there yet. */
export function makePlan(
  {
    scenario: scenarioName,
    workload: workloadName,
    seed,
    seconds,
    rate,
  }: Pick<LoadOptions, 'scenario' | 'workload' | 'seed' | 'seconds' | 'rate'>,
  target: Endpoint,
  runId = randomBytes(6).toString('hex'),
): Plan {
  const scenario = SCENARIOS[scenarioName] as Scenario
  const workload = WORKLOADS[workloadName] as Workload
  const shape = shapeOf(workload, { cost: scenario.cost, seconds, rate })
  return {
    scenario: scenarioName,
    workload: workloadName,
    seed,
    runId,
    target,
    shape,
    repeats: workload.repeats,
    chaos: workload.chaos,
    toleratesUnknownAnswers: workload.toleratesUnknownAnswers,
    coupons: scenario
      .coupons(volumeOf(shape))
      .map((load, index) => ({ ...load, code: codeOf(runId, index) })),
  }
}

/** No run before had this code, and none after has. */
function codeOf(runId: string, index: number): string {
  return `L${runId.slice(0, 9)}${String(index).padStart(2, '0')}`.toUpperCase()
}

/** Creates the coupons of a plan. @throws Error the target does not create one; the message has its answer */
export async function createCoupons(
  { coupons, target, runId }: Plan,
  send: SendCall,
  signal: AbortSignal,
): Promise<void> {
  for (const coupon of coupons) {
    const outcome = await send(
      target,
      creationOf(coupon, runId),
      AbortSignal.any([signal, AbortSignal.timeout(CREATE_TIMEOUT_MS)]),
    )
    signal.throwIfAborted()
    if (outcome.kind !== 'done') {
      throw new Error(
        `no coupon could be created at ${target.url} (${target.protocol === 'graphql' ? 'GraphQL' : 'REST'}): ${describeRefusal(outcome)}`,
      )
    }
  }
}

function describeRefusal(outcome: Outcome): string {
  if (outcome.kind === 'unsettled') return outcome.why
  if (outcome.kind === 'unexpected') return outcome.answer
  return JSON.stringify(outcome)
}

function creationOf({ code, limit, userLimit, onsitePassword }: PlannedCoupon, runId: string) {
  return {
    operation: 'create',
    coupon: code,
    user: null,
    key: `${runId}-create-${code}`,
    limit,
    userLimit,
    ...(onsitePassword === null ? {} : { password: onsitePassword }),
  } as const
}

/** The same plan, of a run that was stopped before its end: nobody knows how much of it was to come. */
export function interruptedPlan(plan: Plan): Plan {
  return {
    ...plan,
    coupons: plan.coupons.map((coupon) => ({ ...coupon, attempts: null, expectedGrants: null })),
  }
}
