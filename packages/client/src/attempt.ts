import { readAnswer } from './answer.ts'
import type { AttemptEnd, AttemptOutcome } from './attempt-outcome.ts'
import type { Attempt, TimedCall, WireRequest } from './call.ts'
import type { Clock } from './clock.ts'
import { abortedByCaller, deadlinePassed } from './deadline.ts'
import type { ClientHooks } from './hooks.ts'
import type { Exchange, WireResponse } from './transport.ts'
import type { Upstream } from './upstream.ts'
import { UnansweredError } from './upstream-error.ts'

export interface AttemptParts {
  readonly attemptTimeoutMs: number
  readonly clock: Clock
  readonly hooks: ClientHooks
}

/** Why an attempt was ended from here. */
type EndedBy = 'nobody' | 'timeout' | 'caller'

/**
 * Last stage: sends the request once and says what its end proves. It ends by itself after
 * `attemptTimeoutMs`, or at the deadline if that is sooner.
 *
 * The caller's signal ends a read, and a write of which nothing has left yet. A write that was sent is
 * awaited: its effect would happen all the same, and only the knowledge of it would be lost.
 */
export function withAttemptTimeout({
  attemptTimeoutMs,
  clock,
  hooks,
}: AttemptParts): (attempt: Attempt) => Promise<AttemptEnd> {
  const isObserved = hooks.onAttemptStart !== undefined || hooks.onAttemptEnd !== undefined

  return async function sendOnce({ call, upstream, number }) {
    const timeoutMs = Math.min(attemptTimeoutMs, call.deadline.remainingMs())
    if (call.signal?.aborted) return notSent({ kind: 'failed', error: abortedByCaller(call) })
    if (timeoutMs <= 0) return notSent({ kind: 'failed', error: deadlinePassed(call) })

    if (!isObserved) return exchangeTraced(call, upstream, number, timeoutMs)
    const startedAtMs = clock.monotonicMs()
    hooks.onAttemptStart?.({ call: call.info, attempt: number, upstream: upstream.index })
    const end = await exchangeTraced(call, upstream, number, timeoutMs)
    hooks.onAttemptEnd?.({
      call: call.info,
      attempt: number,
      upstream: upstream.index,
      outcome: end.outcome.kind,
      status: end.status,
      durationMs: clock.monotonicMs() - startedAtMs,
    })
    return end
  }

  function exchangeTraced(
    call: TimedCall,
    upstream: Upstream,
    number: number,
    timeoutMs: number,
  ): Promise<AttemptEnd> {
    if (call.trace === null) return exchange(call, upstream, call.request, timeoutMs)
    return call.trace.traceAttempt({ number, upstream: upstream.index }, call.request, (request) =>
      exchange(call, upstream, request, timeoutMs),
    )
  }

  async function exchange(
    call: TimedCall,
    { transport }: Upstream,
    request: WireRequest,
    timeoutMs: number,
  ): Promise<AttemptEnd> {
    let endedBy: EndedBy = 'nobody'
    const endsAtMs = clock.monotonicMs() + timeoutMs
    const sending: Exchange = {
      isSafeToRepeat: call.isSafeToRepeat,
      isSent: false,
      // Not the timer alone: in a process that was frozen a connection can be ready before the timer has its turn.
      get isGivenUp() {
        return endedBy !== 'nobody' || clock.monotonicMs() >= endsAtMs
      },
      whenGivenUp: null,
    }
    const end = (by: EndedBy) => {
      endedBy = by
      sending.whenGivenUp?.()
    }
    const { signal } = call
    const endForCaller =
      signal &&
      (() => {
        if (call.effect.kind === 'read' || !sending.isSent) end('caller')
      })
    const stopTimer = clock.startTimer(timeoutMs, () => end('timeout'))
    if (endForCaller) signal.addEventListener('abort', endForCaller)

    let response: WireResponse
    try {
      response = await transport.send(request, sending)
    } catch (cause) {
      const { isSent } = sending
      const outcome = describeFailure(call, { isSent, endedBy, cause })
      return { outcome, isSent, headers: null, status: null }
    } finally {
      stopTimer()
      if (endForCaller) signal.removeEventListener('abort', endForCaller)
    }
    const { isSent } = sending
    const outcome = readAnswer(response, call.effect, clock.epochMs())
    return { outcome, isSent, headers: response.headers, status: response.status }
  }
}

function notSent(outcome: AttemptOutcome): AttemptEnd {
  return { outcome, isSent: false, headers: null, status: null }
}

interface AttemptFailure {
  readonly isSent: boolean
  readonly endedBy: EndedBy
  readonly cause: unknown
}

function describeFailure(
  call: TimedCall,
  { isSent, endedBy, cause }: AttemptFailure,
): AttemptOutcome {
  if (endedBy === 'caller') return { kind: 'failed', error: abortedByCaller(call) }
  const isLateRead = endedBy === 'timeout' && call.effect.kind === 'read'
  const code = isLateRead ? 'TIMEOUT' : 'UNAVAILABLE'
  const options = endedBy === 'timeout' ? {} : { cause }
  if (!isSent) {
    const error = new UnansweredError(code, 'the upstream could not be reached', options)
    return { kind: 'never-sent', error }
  }
  const message =
    endedBy === 'timeout'
      ? 'the upstream did not answer in time'
      : 'the connection was lost before the answer'
  return {
    kind: 'transient',
    error: new UnansweredError(code, message, options),
    retryAfterMs: null,
  }
}
