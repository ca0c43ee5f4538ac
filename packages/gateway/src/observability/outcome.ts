import type { ErrorCode } from '@coupon-gateway/schema'

/**
 * What a request came to, for whoever watches the gateway. `refused`: the caller has to change something, and the
 * gateway did its part. `failed`: it did not. `abandoned`: the caller went away before his answer.
 */
export type Outcome = 'ok' | 'refused' | 'failed' | 'abandoned'

export const OUTCOMES: readonly Outcome[] = ['ok', 'refused', 'failed', 'abandoned']

const FAILURES: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'AUTHENTICATION_UNAVAILABLE',
  'INTERNAL_SERVER_ERROR',
  'OVERLOADED',
  'UPSTREAM_UNAVAILABLE',
  'UPSTREAM_TIMEOUT',
  'UPSTREAM_OUTCOME_UNKNOWN',
])

/** @param codes of the `errors` in the answer */
export function outcomeOf(codes: readonly ErrorCode[], isWhole: boolean): Outcome {
  if (!isWhole) return 'abandoned'
  if (codes.some((code) => FAILURES.has(code))) return 'failed'
  return codes.length > 0 ? 'refused' : 'ok'
}
