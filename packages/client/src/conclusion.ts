import type { Answer, AttemptOutcome } from './attempt-outcome.ts'
import type { CallEffect } from './call.ts'
import { OutcomeUnknownError } from './upstream-error.ts'

/**
 * Makes the end of a call out of its last attempt and of what the attempts before it left open.
 *
 * An answer of the contract settles the call: a keyed repeat is answered with the first attempt's effect if it
 * had one, so a rejection after a lost answer is true. Anything else settles nothing that was open before.
 *
 * @param mayHaveHadEffect a write was sent at least once without an answer
 * @throws AnyUpstreamError the failure that the caller has to know of
 */
export function concludeCall(
  effect: CallEffect,
  last: AttemptOutcome,
  mayHaveHadEffect: boolean,
): Answer {
  if (last.kind === 'answered') return last.answer
  if (mayHaveHadEffect && effect.kind === 'write') {
    throw new OutcomeUnknownError(
      effect.idempotencyKey,
      'retryAfterMs' in last ? last.retryAfterMs : null,
      'error' in last ? last.error : undefined,
    )
  }
  if (last.kind === 'key-in-use') return last
  throw last.error
}
