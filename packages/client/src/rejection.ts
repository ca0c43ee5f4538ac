import type { Verdict } from './attempt-outcome.ts'
import { BadResponseError } from './upstream-error.ts'

/** A reason that this client has no name for: a newer upstream's, or a hosted one's, which documents none. */
export interface UnknownRejection {
  readonly outcome: 'rejected'
  readonly reason: 'UNKNOWN'
  readonly upstreamCode: number
  /** For people, in the upstream's words. */
  readonly upstreamMessage: string
}

/**
 * Why a write with a key was not carried out. Neither has an effect.
 *
 * @see https://datatracker.ietf.org/doc/html/draft-ietf-httpapi-idempotency-key-header-07#section-2.6
 */
export type WriteRefusal =
  /** The key was used for another request. A new effect needs a new key. */
  | { readonly outcome: 'key-reused' }
  /** A request with this key is still running. Try again with the same key. */
  | { readonly outcome: 'key-in-use'; readonly retryAfterMs: number | null }

export type RejectedVerdict = Extract<Verdict, { kind: 'rejected' }>

/** Names a rejection by those of `reasons` that the call in question can have. */
export function nameRejection<Reason extends string>(
  { symbol, code, message }: Pick<RejectedVerdict, 'symbol' | 'code' | 'message'>,
  reasons: readonly Reason[],
): { readonly outcome: 'rejected'; readonly reason: Reason } | UnknownRejection {
  const reason = reasons.find((it) => it === symbol)
  return reason === undefined
    ? { outcome: 'rejected', reason: 'UNKNOWN', upstreamCode: code, upstreamMessage: message }
    : { outcome: 'rejected', reason }
}

/**
 * The result of a call that is not about one coupon, so that nothing could be the matter with it.
 * @throws BadResponseError
 */
export function requireDone(verdict: Verdict): unknown {
  if (verdict.kind === 'done') return verdict.result
  throw new BadResponseError(`the upstream rejected the call with code ${verdict.code}`)
}
