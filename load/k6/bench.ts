import exec from 'k6/execution'
import http from 'k6/http'
import type { Options } from 'k6/options'
import type { Endpoint } from '../plan.ts'
import { requestOf } from '../protocols/index.ts'

// What the benchmark has k6 do: one redemption an iteration, as fast as the answers come. Bodies are thrown away and
// nothing is written, since k6 shares the machine with what it measures: what was granted is counted in the log.

const { endpoint, coupon, callers, calls, keysFrom }: BenchPlan = JSON.parse(__ENV.BENCH ?? '')

/** What the benchmark gives k6. */
export interface BenchPlan {
  readonly endpoint: Endpoint
  readonly coupon: string
  readonly callers: number
  readonly calls: number
  /** Number of the first user and key: those before it are used. */
  readonly keysFrom: number
}

export const options: Options = {
  discardResponseBodies: true,
  scenarios: {
    redeem: {
      executor: 'shared-iterations',
      vus: callers,
      iterations: calls,
      maxDuration: '10m',
    },
  },
  thresholds: { http_req_failed: ['rate==0'], iterations: [`count==${calls}`] },
  summaryTrendStats: ['med', 'p(99)'],
}

export default function redeem(): void {
  const n = keysFrom + exec.scenario.iterationInTest
  const { method, url, headers, body } = requestOf(endpoint, {
    coupon,
    operation: 'redeem',
    user: `user-${n}`,
    key: `bench-key-${n}`,
  })
  http.request(method, url, body, { headers, tags: { name: 'redeem' }, timeout: '60s' })
}

export function handleSummary(data: unknown): Record<string, string> {
  return { [__ENV.SUMMARY ?? 'summary.json']: JSON.stringify(data) }
}
