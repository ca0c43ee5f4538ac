import type { Outcome, Plan } from '../plan.ts'

/** One intended redemption. */
export interface RedeemInput {
  readonly code: string
  readonly userId: string
  readonly idempotencyKey: string
}

const MUTATION = `mutation Redeem($input: RedeemCouponInput!) {
  redeemCoupon(input: $input) {
    redemption { id ordinal }
    replayed
    userErrors { code }
  }
}`

interface Answer {
  readonly data?: {
    readonly redeemCoupon: {
      readonly redemption: { readonly id: string; readonly ordinal: number | null } | null
      readonly userErrors: readonly { readonly code: string }[]
    } | null
  } | null
  readonly errors?: readonly { readonly extensions?: { readonly code?: string } }[]
}

/** The HTTP request of a redemption, for k6 and for the verifier's replays alike. */
export function redeemRequest(plan: Plan, input: RedeemInput) {
  return {
    url: plan.graphqlUrl,
    body: JSON.stringify({ query: MUTATION, variables: { input } }),
    headers: {
      Authorization: `Bearer ${plan.gatewayKey}`,
      'Content-Type': 'application/json',
    },
  }
}

/** Codes after which the same request with the same key is to be sent again, as a real client would. */
const ASK_AGAIN = [
  'UPSTREAM_OUTCOME_UNKNOWN',
  'UPSTREAM_UNAVAILABLE',
  'OVERLOADED',
  'RATE_LIMITED',
  'INTERNAL_SERVER_ERROR',
  'IDEMPOTENCY_CONCURRENT_REQUEST',
]

/** Reads an answer. Without one, or with a 5xx, nobody knows what happened. */
export function readOutcome(status: number, body: string): Outcome {
  if (status === 0 || status >= 500) return { kind: 'unsettled', why: `HTTP ${status}` }
  const unexpected: Outcome = { kind: 'unexpected', answer: `HTTP ${status} ${body.slice(0, 300)}` }
  let answer: Answer
  try {
    answer = JSON.parse(body)
  } catch {
    return unexpected
  }
  const payload = answer.data?.redeemCoupon
  const code = answer.errors?.[0]?.extensions?.code ?? payload?.userErrors[0]?.code
  if (code !== undefined && ASK_AGAIN.includes(code)) return { kind: 'unsettled', why: code }
  if (status !== 200 || !payload || answer.errors !== undefined) return unexpected
  if (payload.redemption !== null) {
    const { id, ordinal } = payload.redemption
    return { kind: 'granted', redemptionId: id, ordinal }
  }
  return code === undefined ? unexpected : { kind: 'rejected', reason: code }
}
