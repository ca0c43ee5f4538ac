import { type FieldProblem, isUpstreamError } from '@coupon-gateway/client'
import { gatewayError } from './gateway-error.ts'

/** Translates a failed upstream call into an error of the GraphQL contract; anything else stays as it is. */
export function toGraphQLError(error: unknown): unknown {
  if (!isUpstreamError(error)) return error
  switch (error.code) {
    case 'RATE_LIMITED':
      return gatewayError('RATE_LIMITED', 'The coupon service limits our calls. Try again later.', {
        scope: 'UPSTREAM',
        ...waitOf(error),
      })
    case 'OVERLOADED':
      return gatewayError(
        'OVERLOADED',
        'Too much work is waiting. Try again shortly.',
        waitOf(error),
      )
    case 'OUTCOME_UNKNOWN':
      return gatewayError(
        'UPSTREAM_OUTCOME_UNKNOWN',
        'The answer was lost: it is not known whether this took effect. Send it again with the same idempotencyKey.',
        { retryable: true, ...waitOf(error) },
      )
    case 'TIMEOUT':
    case 'ABORTED':
      return gatewayError('UPSTREAM_TIMEOUT', 'The coupon service did not answer in time.')
    case 'PLAN_UPGRADE_REQUIRED':
      return gatewayError(
        'PLAN_UPGRADE_REQUIRED',
        'The plan of this shop does not include coupons.',
      )
    case 'UNAVAILABLE':
      return gatewayError('UPSTREAM_UNAVAILABLE', 'The coupon service cannot be reached.')
    case 'UNSUPPORTED':
      return gatewayError(
        'FORBIDDEN',
        'The coupon service behind this gateway does not offer this. Do not repeat.',
      )
    case 'INVALID_INPUT':
      return gatewayError('BAD_USER_INPUT', toAllowed(error.problems))
    // Our own key is wrong, or the upstream speaks another language: for the operator, not for the client.
    case 'UNAUTHENTICATED':
    case 'FORBIDDEN':
    case 'BAD_RESPONSE':
      return error
    default:
      // A failure that is added to the client gets its place here, or does not compile.
      return error satisfies never
  }
}

/** What is allowed, in the upstream's words; those for the problem could repeat a value. */
function toAllowed(problems: readonly FieldProblem[]): string {
  return problems.length === 0
    ? 'The coupon service does not take this input.'
    : problems.map(({ field, allowed }) => `\`${field}\` must be ${allowed}.`).join(' ')
}

function waitOf({ retryAfterMs }: { readonly retryAfterMs: number | null }) {
  return retryAfterMs === null ? {} : { retryAfterMs }
}
