import exec from 'k6/execution'
import http from 'k6/http'
import { Counter, Trend } from 'k6/metrics'
import type { Options } from 'k6/options'
import type { Call } from '../call.ts'
import type { HistoryEntry, Outcome, Plan, PlannedCoupon } from '../plan.ts'
import { outcomeOf, requestOf } from '../protocols/index.ts'

// The entry that k6 runs: it carries out the plan of the runner, one attempt an iteration, and writes what
// each caller was told to the console, which the runner has k6 write to a file.

const plan: Plan = JSON.parse(open(__ENV.PLAN ?? ''))

const granted = new Counter('coupon_granted')
const rejected = new Counter('coupon_rejected')
const unsettled = new Counter('coupon_unsettled')
const unexpected = new Counter('coupon_unexpected')
const grantLatency = new Trend('grant_latency', true)
const rejectLatency = new Trend('reject_latency', true)

const attempts = plan.coupons.reduce((sum, coupon) => sum + (coupon.attempts ?? 0), 0)

export const options: Options = {
  scenarios: {
    // As fast as the answers come: every user starts his next attempt when the last was answered.
    [plan.workload]: {
      executor: 'shared-iterations',
      vus: plan.shape.users,
      iterations: attempts,
      maxDuration: '10m',
    },
  },
  thresholds: {
    // Without every answer k6 cannot count: then only the verifier can, after the replays.
    ...(plan.toleratesUnknownAnswers ? {} : exactCounts(plan.coupons)),
    coupon_unexpected: ['count==0'],
    dropped_iterations: ['count==0'],
    iterations: [`count==${attempts}`],
  },
  summaryTrendStats: ['min', 'med', 'p(95)', 'p(99)', 'max'],
}

export default function attempt(): void {
  const { coupon, position, index } = attemptOf(exec.scenario.iterationInTest)
  // The attempts of one customer follow each other, so they are made at once.
  const userId = `user-${Math.floor((index * (coupon.customers ?? 1)) / (coupon.attempts ?? 1))}`
  const call: Call = {
    coupon: coupon.code,
    operation: 'redeem',
    user: userId,
    key: `${plan.runId}-${position}-${index}`,
  }
  const calledAt = Date.now()
  const outcome = send(call)
  const returnedAt = Date.now()
  count(outcome, coupon.code, returnedAt - calledAt)
  const entry: HistoryEntry = {
    ...call,
    attempt: exec.scenario.iterationInTest,
    calledAt,
    returnedAt,
    outcome,
  }
  console.log(JSON.stringify(entry))
}

export function handleSummary(data: unknown): Record<string, string> {
  return { [__ENV.SUMMARY ?? 'summary.json']: JSON.stringify(data, null, 2) }
}

/** One grant too many fails as one too few does, and no answer may be missing. */
function exactCounts(coupons: readonly PlannedCoupon[]): Record<string, string[]> {
  return {
    coupon_granted: [
      `count==${coupons.reduce((sum, coupon) => sum + (coupon.expectedGrants ?? 0), 0)}`,
    ],
    ...Object.fromEntries(
      coupons.map((coupon) => [
        `coupon_granted{coupon:${coupon.code}}`,
        [`count==${coupon.expectedGrants ?? 0}`],
      ]),
    ),
    coupon_unsettled: ['count==0'],
  }
}

function send(call: Call): Outcome {
  const { method, url, headers, body } = requestOf(plan.target, call)
  const response = http.request(method, url, body, {
    headers,
    tags: { name: call.operation },
    timeout: '30s',
  })
  return outcomeOf(plan.target, call, {
    status: response.status,
    body: String(response.body ?? ''),
    isReplay: response.headers['Idempotency-Replayed'] !== undefined,
  })
}

/** The coupons take their turn in the order of the plan: all users are on one coupon together. */
function attemptOf(iteration: number): { coupon: PlannedCoupon; position: number; index: number } {
  let index = iteration
  for (const [position, coupon] of plan.coupons.entries()) {
    const { attempts = 0 } = coupon as { attempts?: number }
    if (index < attempts) return { coupon, position, index }
    index -= attempts
  }
  throw new Error(`iteration ${iteration} is not in the plan`)
}

function count(outcome: Outcome, coupon: string, latencyMs: number): void {
  switch (outcome.kind) {
    case 'granted':
      granted.add(1, { coupon })
      grantLatency.add(latencyMs)
      break
    case 'rejected':
      rejected.add(1, { coupon, reason: outcome.reason })
      rejectLatency.add(latencyMs)
      break
    case 'unsettled':
      unsettled.add(1, { coupon })
      break
    case 'unexpected':
      unexpected.add(1, { coupon })
      break
  }
}
