import type { AttemptEnd, AttemptOutcome } from '../attempt-outcome.ts'
import type { AdmittedAttempt } from '../call.ts'
import type { Clock } from '../clock.ts'
import type { ClientHooks } from '../hooks.ts'
import { ThrottledError } from '../upstream-error.ts'
import { createPausePolicy } from './pause-policy.ts'
import type { RateBudget } from './rate-budget.ts'
import { readRateLimitHeaders } from './rate-limit-headers.ts'

export interface BudgetStageParts {
  readonly budget: RateBudget
  readonly clock: Clock
  readonly random: () => number
  readonly hooks: ClientHooks
}

/**
 * Pays for an attempt with the token that it was admitted with: each attempt that is sent costs one, a retry too,
 * and one that never left gives it back. Believes what the answer says of the windows.
 */
export function withRateBudget(
  { budget, clock, random, hooks }: BudgetStageParts,
  next: (attempt: AdmittedAttempt) => Promise<AttemptEnd>,
): (attempt: AdmittedAttempt) => Promise<AttemptOutcome> {
  const pauses = createPausePolicy(random)

  return async function payForAttempt(attempt) {
    const startedAtMs = clock.monotonicMs()
    // Of an attempt that threw nothing is known.
    let settle = budget.spendLate
    try {
      const end = await next(attempt)
      if (!end.isSent) settle = budget.putBack
      else if (end.status !== null) settle = budget.spend
      if (end.headers !== null) {
        const told = readRateLimitHeaders(end.headers, clock.epochMs())
        if (told.length > 0) budget.learn(told)
      }
      return isRateLimited(end.outcome) ? pause(end.outcome, startedAtMs) : resume(end)
    } finally {
      settle(attempt.token)
    }
  }

  /** Nothing is sent while the upstream would refuse it: that holds for every call with this key. */
  function pause(outcome: Throttled, startedAtMs: number): AttemptOutcome {
    const nowMs = clock.monotonicMs()
    const { durationMs, isNew } = pauses.onThrottled(outcome.retryAfterMs, startedAtMs, nowMs)
    if (isNew) {
      budget.pause(durationMs)
      hooks.onBudgetPause?.({ durationMs })
    }
    const error = new ThrottledError('RATE_LIMITED', outcome.error.message, durationMs)
    return { kind: 'throttled', error, retryAfterMs: durationMs }
  }

  function resume({ outcome, isSent }: AttemptEnd): AttemptOutcome {
    if (isSent) pauses.onAnswered()
    return outcome
  }
}

type Throttled = Extract<AttemptOutcome, { kind: 'throttled' }>

/** OVERLOADED is throttling too, but of everybody: it says nothing of this key's budget. */
function isRateLimited(outcome: AttemptOutcome): outcome is Throttled {
  return outcome.kind === 'throttled' && outcome.error.code === 'RATE_LIMITED'
}
