import exec from 'k6/execution'
import type { Options } from 'k6/options'
import type { Plan, PlannedCoupon } from '../plan.ts'
import { SCENARIOS } from '../scenarios/index.ts'
import type { Scenario } from '../scenarios/scenario.ts'
import { createTurns } from '../scenarios/turns.ts'
import { createAttempt } from './attempt.ts'
import { executorOf } from './executor.ts'
import { thresholdsOf } from './thresholds.ts'

// The entry that k6 runs: it carries out the plan of the runner, one attempt an iteration, and writes what
// each caller was told to the console, which the runner has k6 write to a file.

const plan: Plan = JSON.parse(open(__ENV.PLAN ?? ''))
const { act } = SCENARIOS[plan.scenario] as Scenario
const turnOf = createTurns(plan)

/** Attempts of the preparation are not counted. */
const PREPARATION = -1
const PREPARED_TOGETHER = 20

export const options: Options = {
  scenarios: { [plan.workload]: executorOf(plan.shape) },
  thresholds: thresholdsOf(plan),
  summaryTrendStats: ['min', 'med', 'p(95)', 'p(99)', 'max'],
  setupTimeout: '5m',
  // A batch is sent at once, whatever its size.
  batch: 100,
  batchPerHost: 100,
}

export function setup(): void {
  for (const coupon of plan.coupons) redeemBefore(coupon)
}

export default function attempt(): void {
  act(createAttempt(plan, turnOf(exec.scenario.iterationInTest)))
}

export function handleSummary(data: unknown): Record<string, string> {
  return { [__ENV.SUMMARY ?? 'summary.json']: JSON.stringify(data, null, 2) }
}

function redeemBefore(coupon: PlannedCoupon): void {
  const { askTogether } = createAttempt(
    { ...plan, repeats: 1 },
    { number: PREPARATION, index: 0, coupon, user: 'before' },
  )
  for (let done = 0; done < coupon.redeemedBefore; done += PREPARED_TOGETHER) {
    const size = Math.min(PREPARED_TOGETHER, coupon.redeemedBefore - done)
    askTogether(
      Array.from({ length: size }, (_, nth) => ({
        operation: 'redeem',
        user: `before-${done + nth}`,
        name: `${coupon.role}-${done + nth}`,
      })),
    )
  }
}
