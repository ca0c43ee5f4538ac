import type { CouponCode } from '@coupon-gateway/coupon-code'
import type { Clock } from './clock.ts'
import type { ClientHooks } from './hooks.ts'
import { rememberUnknownCodes } from './unknown-codes.ts'
import { UnansweredError } from './upstream-error.ts'
import type { ValidateResult } from './validate.ts'

export interface ValidationQuestion {
  readonly code: CouponCode
  readonly userId: string | null
}

export interface ValidationOptions {
  readonly deadlineMs: number
  readonly signal: AbortSignal | undefined
  readonly requestId: string | undefined
}

export type AskValidation = (
  question: ValidationQuestion,
  options: ValidationOptions,
) => Promise<ValidateResult>

/**
 * Makes fewer calls of validates: who asks what is being asked already gets that answer, and a code that was unknown
 * a moment ago still is.
 */
export interface ValidationSharing {
  readonly validate: AskValidation
  /** What this client does to a coupon, it must see: no answer from before is given to who asks from now on. */
  forget(code: CouponCode | null): void
}

export interface ValidationSharingParts {
  readonly ask: AskValidation
  readonly unknownCodeTtlMs: number
  readonly clock: Clock
  readonly hooks: ClientHooks
}

interface SharedCall {
  readonly answer: Promise<ValidateResult>
  readonly endsAtMs: number
  /** Fires when nobody waits any more; null while one waits who cannot leave. */
  readonly abandoned: AbortController | null
  waiting: number
  readonly userId: string | null
  /** Of another user, for the same code. */
  next: SharedCall | null
}

/** Who has so much longer than the call under way makes a call of his own. */
const TOLERANCE_MS = 100

export function shareValidations({
  ask,
  unknownCodeTtlMs,
  clock,
  hooks,
}: ValidationSharingParts): ValidationSharing {
  /** The calls of each code, as a list: nearly always it has one item. */
  const underWay = new Map<CouponCode, SharedCall>()
  const unknown = rememberUnknownCodes(unknownCodeTtlMs, clock)

  return {
    async validate(question, options) {
      const { code, userId } = question
      if (options.signal?.aborted) throw givenUp(options.signal)
      if (unknown.has(code)) {
        hooks.onCacheHit?.({ kind: 'unknown-code' })
        return { outcome: 'rejected', reason: 'NOT_FOUND', coupon: null }
      }
      const endsAtMs = clock.monotonicMs() + options.deadlineMs
      const shared = findCall(underWay.get(code), userId)
      // One that all have left is being ended, and has no answer for who comes now.
      const isAbandoned = shared?.abandoned?.signal.aborted
      if (shared === null || isAbandoned || endsAtMs > shared.endsAtMs + TOLERANCE_MS) {
        return wait(begin(question, options, endsAtMs), options, endsAtMs)
      }
      hooks.onCacheHit?.({ kind: 'in-flight' })
      return wait(shared, options, endsAtMs)
    },
    forget(code) {
      if (code === null) {
        underWay.clear()
        unknown.clear()
      } else {
        underWay.delete(code)
        unknown.delete(code)
      }
    },
  }

  function begin(
    question: ValidationQuestion,
    options: ValidationOptions,
    endsAtMs: number,
  ): SharedCall {
    const { code, userId } = question
    const abandoned = options.signal === undefined ? null : new AbortController()
    const answer = ask(question, { ...options, signal: abandoned?.signal })
    const others = withoutCall(underWay.get(code), userId)
    const call: SharedCall = { answer, endsAtMs, abandoned, waiting: 0, userId, next: others }
    underWay.set(code, call)
    /** Whether nothing was done to the coupon meanwhile. */
    const leave = () => {
      const first = underWay.get(code)
      if (findCall(first, userId) !== call) return false
      const left = withoutCall(first, userId)
      if (left === null) underWay.delete(code)
      else underWay.set(code, left)
      return true
    }
    answer.then(
      (result) => {
        const isUnknown = result.outcome === 'rejected' && result.reason === 'NOT_FOUND'
        if (leave() && isUnknown) unknown.add(code)
      },
      () => leave(),
    )
    return call
  }

  /** Waits as long as the caller wants to. The others' wait goes on when one leaves. */
  function wait(
    call: SharedCall,
    { signal }: ValidationOptions,
    endsAtMs: number,
  ): Promise<ValidateResult> {
    const isShorter = endsAtMs < call.endsAtMs - 1
    call.waiting += 1
    if (signal === undefined && !isShorter) return call.answer
    return new Promise((resolve, reject) => {
      const leaveOnAbort = () => leave(givenUp(signal))
      const stopTimer = isShorter
        ? clock.startTimer(endsAtMs - clock.monotonicMs(), () =>
            leave(new UnansweredError('TIMEOUT', 'the upstream did not answer in time')),
          )
        : () => {}
      const stopWaiting = () => {
        stopTimer()
        signal?.removeEventListener('abort', leaveOnAbort)
      }
      const leave = (error: UnansweredError) => {
        stopWaiting()
        call.waiting -= 1
        if (call.waiting === 0) call.abandoned?.abort(error.cause)
        reject(error)
      }
      signal?.addEventListener('abort', leaveOnAbort)
      call.answer.finally(stopWaiting).then(resolve, reject)
    })
  }
}

function findCall(first: SharedCall | undefined, userId: string | null): SharedCall | null {
  for (let call = first ?? null; call !== null; call = call.next) {
    if (call.userId === userId) return call
  }
  return null
}

/** The list without the call of one user. */
function withoutCall(first: SharedCall | undefined, userId: string | null): SharedCall | null {
  if (first === undefined) return null
  if (first.userId === userId) return first.next
  for (let call = first; call.next !== null; call = call.next) {
    if (call.next.userId !== userId) continue
    call.next = call.next.next
    break
  }
  return first
}

function givenUp(signal: AbortSignal | undefined): UnansweredError {
  return new UnansweredError('ABORTED', 'the caller gave the call up', { cause: signal?.reason })
}
