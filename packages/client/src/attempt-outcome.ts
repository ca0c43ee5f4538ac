import type { WireResponse } from './transport.ts'
import type { AnyUpstreamError } from './upstream-error.ts'

/** What the upstream decided. */
export type Verdict =
  /** Envelope code 0. `replayed`: the first answer to this key again, not a second effect. */
  | { readonly kind: 'done'; readonly result: unknown; readonly replayed: boolean }
  /** Any other envelope code: no effect. */
  | {
      readonly kind: 'rejected'
      /** The stable name of the reason; null from an upstream that has none. */
      readonly symbol: string | null
      readonly code: number
      readonly message: string
      readonly result: unknown
      readonly retryAfterMs: number | null
    }

/** A key that cannot be used for this write now. */
export type KeyRefusal =
  | { readonly kind: 'key-reused' }
  | { readonly kind: 'key-in-use'; readonly retryAfterMs: number | null }

/** What the pipeline answers a call with, when it does not throw. */
export type Answer = Verdict | KeyRefusal

/**
 * How one attempt ended, by what that proves about its effect. `error` is what the caller gets when no
 * attempt follows and none before this one may have had an effect.
 */
export type AttemptOutcome =
  /** The contract's answer: it holds, whatever attempts before it came to. */
  | { readonly kind: 'answered'; readonly answer: Exclude<Answer, { kind: 'key-in-use' }> }
  /** Another request with this key is under way. No effect of this one. */
  | { readonly kind: 'key-in-use'; readonly retryAfterMs: number | null }
  /** No byte of it left: no effect. */
  | { readonly kind: 'never-sent'; readonly error: AnyUpstreamError }
  /** Refused before any work, for lack of room: no effect. */
  | {
      readonly kind: 'throttled'
      readonly error: AnyUpstreamError
      readonly retryAfterMs: number | null
    }
  /** Sent, and nobody knows what became of it. Another attempt may fare better. */
  | {
      readonly kind: 'transient'
      readonly error: AnyUpstreamError
      readonly retryAfterMs: number | null
    }
  /** Kept back here, since the upstream answers nothing. No effect. */
  | {
      readonly kind: 'not-tried'
      readonly error: AnyUpstreamError
      readonly retryAfterMs: number
    }
  /** No effect of this attempt, and no other would fare better. */
  | { readonly kind: 'failed'; readonly error: AnyUpstreamError }

/** The end of an attempt as the stages between the queue and the transport see it. */
export interface AttemptEnd {
  readonly outcome: AttemptOutcome
  /** The upstream may have read something of it. */
  readonly isSent: boolean
  /** Of the answer; null where there was none. */
  readonly headers: WireResponse['headers'] | null
  readonly status: number | null
}
