import type { Call, TimedCall } from './call.ts'
import { type Clock, MAX_TIMER_MS } from './clock.ts'
import { type AnyUpstreamError, UnansweredError } from './upstream-error.ts'

/** When a call must have come to its end: waiting, every attempt and every pause between them. */
export interface Deadline {
  /** Milliseconds left; negative once it has passed. */
  remainingMs(): number
}

/** First stage: the time of a call begins here, and a call without any is not begun. */
export function withDeadline<End>(
  { clock }: { readonly clock: Clock },
  next: (call: TimedCall) => Promise<End>,
): (call: Call) => Promise<End> {
  return function startDeadline(call) {
    if (!(call.deadlineMs > 0)) return Promise.reject(deadlinePassed(call))
    const endsAtMs = clock.monotonicMs() + Math.min(call.deadlineMs, MAX_TIMER_MS)
    return next({ ...call, deadline: { remainingMs: () => endsAtMs - clock.monotonicMs() } })
  }
}

/** The deadline passed while nothing was under way. */
export function deadlinePassed(call: Call): AnyUpstreamError {
  return new UnansweredError(
    call.effect.kind === 'read' ? 'TIMEOUT' : 'UNAVAILABLE',
    'the deadline passed before the call could be sent',
  )
}

/** The caller's signal fired while nothing was under way that has to be awaited. */
export function abortedByCaller(call: Call): AnyUpstreamError {
  return new UnansweredError('ABORTED', 'the caller gave the call up', {
    cause: call.signal?.reason,
  })
}
