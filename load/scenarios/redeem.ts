import http from 'k6/http'
import type { Outcome, Plan } from '../plan.ts'
import { type RedeemInput, readOutcome, redeemRequest } from './redeem-request.ts'

/** One user action: redeem a coupon through GraphQL, once, and say what the answer was. */
export function redeem(plan: Plan, input: RedeemInput): Outcome {
  const { url, body, headers } = redeemRequest(plan, input)
  const response = http.post(url, body, {
    headers,
    tags: { name: 'redeemCoupon' },
    timeout: '30s',
  })
  return readOutcome(response.status, String(response.body ?? ''))
}
