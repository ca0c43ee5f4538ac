import type { Answer, AttemptOutcome } from './attempt-outcome.ts'
import type { Attempt, TimedCall } from './call.ts'
import type { Clock } from './clock.ts'
import { concludeCall } from './conclusion.ts'
import { abortedByCaller } from './deadline.ts'
import type { ClientHooks } from './hooks.ts'
import { decideRetry } from './retry-decision.ts'
import type { UpstreamRotation } from './upstream-rotation.ts'

export interface RetryLoopParts {
  readonly upstreams: UpstreamRotation
  readonly maxAttempts: number
  readonly clock: Clock
  readonly random: () => number
  readonly hooks: ClientHooks
}

/** Repeats a call until it is decided. While it sleeps it holds no slot: the stages below are left between attempts. */
export function withRetries(
  { upstreams, maxAttempts, clock, random, hooks }: RetryLoopParts,
  next: (attempt: Attempt) => Promise<AttemptOutcome>,
): (call: TimedCall) => Promise<Answer> {
  return async function repeatUntilDecided(call) {
    const { effect, deadline, signal, isSafeToRepeat } = call
    const route = upstreams.startRoute()
    let upstream = route.next()
    let mayHaveHadEffect = false
    for (let number = 1; ; number += 1) {
      const attemptOutcome: AttemptOutcome = signal?.aborted
        ? { kind: 'failed', error: abortedByCaller(call) }
        : await next({ call, upstream, number })
      if (attemptOutcome.kind === 'answered') {
        upstream.retryBudget.earn()
        return attemptOutcome.answer
      }
      mayHaveHadEffect ||= effect.kind === 'write' && attemptOutcome.kind === 'transient'
      const decision = decideRetry({
        attemptOutcome,
        attempt: number,
        maxAttempts,
        isSafeToRepeat,
        mayHaveHadEffect,
        remainingMs: deadline.remainingMs(),
        random,
      })
      if (decision.action === 'stop') return concludeCall(effect, attemptOutcome, mayHaveHadEffect)

      upstream = route.next()
      // What was not tried has not used the retry that it was.
      const isPaid = attemptOutcome.kind === 'not-tried' || upstream.retryBudget.trySpend()
      if (!isPaid) return concludeCall(effect, attemptOutcome, mayHaveHadEffect)
      const { delayMs } = decision
      hooks.onRetry?.({ call: call.info, attempt: number, after: attemptOutcome.kind, delayMs })
      await clock.sleep(delayMs, signal)
    }
  }
}
