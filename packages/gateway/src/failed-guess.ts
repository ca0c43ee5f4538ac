import type { RedeemResult } from '@coupon-gateway/client'

type Reason = Extract<RedeemResult, { outcome: 'rejected' }>['reason']

/** An answer of the upstream: the part that tells how it went. */
export interface UpstreamAnswer {
  readonly outcome: string
  readonly reason?: Reason
}

/**
 * What a failed guess costs of a budget, the call itself included. "Failures weigh more than successes"
 * (contract): an honest caller mistypes now and then and hardly notices, while one who tries codes or
 * passwords gets through a fifth of what the budget is good for.
 */
export const FAILED_GUESS_COST = 5

/**
 * What a guess at a code or a password mostly ends in. A hosted upstream's own reasons (`UNKNOWN`) are among
 * them: the caller is told NOT_FOUND, and the cost must not tell the two apart.
 */
const FAILED_GUESSES: readonly Reason[] = ['NOT_FOUND', 'UNKNOWN', 'ONSITE_PASSWORD_WRONG']

export function isFailedGuess({ outcome, reason }: UpstreamAnswer): boolean {
  return outcome === 'rejected' && reason !== undefined && FAILED_GUESSES.includes(reason)
}
