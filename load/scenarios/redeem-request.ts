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
      readonly replayed: boolean
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
  'UPSTREAM_TIMEOUT',
  'OVERLOADED',
  'RATE_LIMITED',
  'IDEMPOTENCY_CONCURRENT_REQUEST',
]

/** A proxy or a service on its way in or out says so: what became of the request is not known. */
const NOBODY_THERE = [502, 503, 504]

/**
 * Reads an answer. An internal error is `unexpected` and not `unsettled`: something broke, and a run in which
 * something broke is not one to mend by asking again.
 */
export function readOutcome(status: number, body: string): Outcome {
  if (status === 0) return { kind: 'unsettled', why: 'no answer' }
  const answer = parseAnswer(body)
  const payload = answer?.data?.redeemCoupon
  const code = answer?.errors?.[0]?.extensions?.code ?? payload?.userErrors[0]?.code
  if (code !== undefined && ASK_AGAIN.includes(code)) return { kind: 'unsettled', why: code }
  if (NOBODY_THERE.includes(status) && code === undefined) {
    return { kind: 'unsettled', why: `HTTP ${status}` }
  }
  const unexpected: Outcome = { kind: 'unexpected', answer: `HTTP ${status} ${body.slice(0, 300)}` }
  if (status !== 200 || !payload || answer?.errors !== undefined) return unexpected
  if (payload.redemption !== null) {
    const { id, ordinal } = payload.redemption
    return { kind: 'granted', redemptionId: id, ordinal, replayed: payload.replayed }
  }
  return code === undefined ? unexpected : { kind: 'rejected', reason: code }
}

function parseAnswer(body: string): Answer | undefined {
  try {
    return JSON.parse(body) as Answer
  } catch {
    return undefined
  }
}
