import type { AttemptEnd, AttemptOutcome } from './attempt-outcome.ts'
import type { Attempt } from './call.ts'
import type { Health } from './circuit-breaker.ts'
import { UnansweredError } from './upstream-error.ts'

/** An attempt that its caller gave less time than this, and that ran out of it, says nothing of the upstream. */
const SHORTEST_PROOF_MS = 1_000

/** Keeps an attempt back while its upstream answers nothing, and learns from the end of those that pass. */
export function withCircuitBreaker(
  next: (attempt: Attempt) => Promise<AttemptEnd>,
): (attempt: Attempt) => Promise<AttemptEnd> {
  return async function passBreaker(attempt) {
    const { breaker } = attempt.upstream
    const report = breaker.tryPass()
    if (report === null) {
      const message = 'the upstream does not answer: it is given some time'
      const error = new UnansweredError('UNAVAILABLE', message)
      const outcome = { kind: 'not-tried', error, retryAfterMs: breaker.msUntilTry() } as const
      return { outcome, isSent: false, headers: null, status: null }
    }
    const { deadline } = attempt.call
    const isShort = deadline.remainingMs() < SHORTEST_PROOF_MS
    let health: Health = 'neutral'
    try {
      const end = await next(attempt)
      const isOutOfTime = isShort && end.status === null && deadline.remainingMs() <= 0
      health = isOutOfTime ? 'neutral' : healthOf(end.outcome, end.isSent)
      return end
    } finally {
      report(health)
    }
  }
}

function healthOf({ kind }: AttemptOutcome, isSent: boolean): Health {
  switch (kind) {
    case 'answered':
    case 'key-in-use':
    // It is there, and says what it can take.
    case 'throttled':
      return 'alive'
    case 'never-sent':
    case 'transient':
      return 'failing'
    // Given up from here, or answered with something that is not the contract's.
    case 'failed':
    case 'not-tried':
      return isSent ? 'alive' : 'neutral'
    default:
      throw new Error(`unknown outcome ${kind satisfies never}`)
  }
}
