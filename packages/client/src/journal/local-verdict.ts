import type { Verdict } from '../attempt-outcome.ts'
import { UnansweredError } from '../upstream-error.ts'

/** The answer of redeem, as a native upstream would give it. The upstream names no redemption, so its key does. */
export function redeemedAs(idempotencyKey: string, redeemedAt: Date, replayed: boolean): Verdict {
  return doneWith({ redemptionId: idempotencyKey, redeemedAt: redeemedAt.toISOString() }, replayed)
}

export function doneWith(result: unknown, replayed: boolean): Verdict {
  return { kind: 'done', result, replayed }
}

/** A refusal that the upstream was not asked for, or gave a number for that says nothing. */
export function rejectedFor(symbol: string | null, code = -1, message = ''): Verdict {
  return { kind: 'rejected', symbol, code, message, result: null, retryAfterMs: null }
}

/** Nothing was written down, so nothing was sent. */
export function throwUnreachable(cause: unknown): never {
  throw new UnansweredError(
    'UNAVAILABLE',
    'the journal cannot be read or written, so nothing was sent',
    { cause },
  )
}
