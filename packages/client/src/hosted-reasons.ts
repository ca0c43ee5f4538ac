import type { Answer } from './attempt-outcome.ts'
import type { RedeemRejection } from './redeem.ts'

export interface HostedReasonParts {
  /** Envelope code → what it means. */
  readonly hostedReasons: Readonly<Record<number, RedeemRejection>>
}

/**
 * Names a refusal that came as a bare number. The hosted service documents none, so nothing is known but what the
 * operator has learned and set.
 */
export function withHostedReasons<Call>(
  { hostedReasons }: HostedReasonParts,
  next: (call: Call) => Promise<Answer>,
): (call: Call) => Promise<Answer> {
  if (Object.keys(hostedReasons).length === 0) return next
  return async function nameReason(call) {
    const answer = await next(call)
    if (answer.kind !== 'rejected' || answer.symbol !== null) return answer
    return { ...answer, symbol: hostedReasons[answer.code] ?? null }
  }
}
