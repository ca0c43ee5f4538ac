import type { Answer, AttemptOutcome } from './attempt-outcome.ts'
import type { Attempt, TimedCall } from './call.ts'
import type { Clock } from './clock.ts'
import { concludeCall } from './conclusion.ts'
import { abortedByCaller } from './deadline.ts'
import { decideRetry } from './retry-decision.ts'
import type { UpstreamRotation } from './upstream-rotation.ts'

export interface RetryLoopParts {
  readonly upstreams: UpstreamRotation
  readonly maxAttempts: number
  readonly clock: Clock
  readonly random: () => number
}

/** Repeats a call until it is decided. While it sleeps it holds no slot: the stages below are left between attempts. */
export function withRetries(
  { upstreams, maxAttempts, clock, random }: RetryLoopParts,
  next: (attempt: Attempt) => Promise<AttemptOutcome>,
): (call: TimedCall) => Promise<Answer> {
  return async function repeatUntilDecided(call) {
    const { effect, deadline, signal, isSafeToRepeat } = call
    const route = upstreams.startRoute()
    let mayHaveHadEffect = false
    for (let attempt = 1; ; attempt += 1) {
      const attemptOutcome: AttemptOutcome = signal?.aborted
        ? { kind: 'failed', error: abortedByCaller(call) }
        : await next({ call, transport: route.next() })
      mayHaveHadEffect ||= effect.kind === 'write' && attemptOutcome.kind === 'transient'
      const decision = decideRetry({
        attemptOutcome,
        attempt,
        maxAttempts,
        isSafeToRepeat,
        remainingMs: deadline.remainingMs(),
        random,
      })
      if (decision.action === 'stop') return concludeCall(effect, attemptOutcome, mayHaveHadEffect)
      await clock.sleep(decision.delayMs, signal)
    }
  }
}
