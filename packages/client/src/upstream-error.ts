/**
 * Every way in which a call can fail. A coupon that cannot be used is no failure: it is a result.
 *
 * | code | class | what happened, and what to do |
 * | --- | --- | --- |
 * | UNAUTHENTICATED, FORBIDDEN, PLAN_UPGRADE_REQUIRED | {@link RefusedError} | the API key does not allow it: an operator's matter |
 * | INVALID_INPUT | {@link InvalidInputError} | `problems` says which field and what is allowed |
 * | RATE_LIMITED, OVERLOADED | {@link ThrottledError} | no effect; try again after `retryAfterMs` |
 * | UNAVAILABLE, TIMEOUT, ABORTED | {@link UnansweredError} | no answer, and no effect either |
 * | BAD_RESPONSE | {@link BadResponseError} | an answer that is not the contract's: wrong URL, or a proxy between |
 * | UNSUPPORTED | {@link UnsupportedError} | the upstream has no such call: nothing was sent |
 * | OUTCOME_UNKNOWN | {@link OutcomeUnknownError} | a write may have had its effect: repeat it with the same key |
 */
export type UpstreamErrorCode = AnyUpstreamError['code']

/** The failures as a union: a `switch` over `code` knows the fields of each. */
export type AnyUpstreamError =
  | RefusedError
  | InvalidInputError
  | ThrottledError
  | UnansweredError
  | BadResponseError
  | UnsupportedError
  | OutcomeUnknownError

// In the global registry, so that it is the same symbol in every copy of this package.
const BRAND = Symbol.for('@coupon-gateway/client/UpstreamError')

/**
 * Base of all failures of a call. The message is for people and names no host, key or password; the `cause`
 * is for logs only, and may name hosts.
 */
export abstract class UpstreamError<Code extends string = UpstreamErrorCode> extends Error {
  override readonly name: string = 'UpstreamError'
  readonly [BRAND] = true
  readonly code: Code

  constructor(code: Code, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

/**
 * Tells a failure of this client from any other error, also one thrown by another copy of this package.
 *
 * @example
 * if (isUpstreamError(error) && error.code === 'RATE_LIMITED') wait(error.retryAfterMs ?? 1_000)
 */
export function isUpstreamError(error: unknown): error is AnyUpstreamError {
  return typeof error === 'object' && error !== null && BRAND in error
}

/** The upstream does not accept the API key, or not for this. */
export class RefusedError extends UpstreamError<
  'UNAUTHENTICATED' | 'FORBIDDEN' | 'PLAN_UPGRADE_REQUIRED'
> {
  override readonly name = 'RefusedError'
}

/** One thing wrong with an input: which field, what about it, and what is allowed. */
export interface FieldProblem {
  /** Name of the field in this package's terms. */
  readonly field: string
  readonly problem: string
  readonly allowed: string
}

/** The input breaks a rule that holds for every coupon. It had no effect, and would fail again. */
export class InvalidInputError extends UpstreamError<'INVALID_INPUT'> {
  override readonly name = 'InvalidInputError'
  readonly problems: readonly FieldProblem[]

  constructor(problems: readonly FieldProblem[]) {
    const details = problems.map((it) => `\`${it.field}\` ${it.problem}, allowed: ${it.allowed}`)
    super('INVALID_INPUT', `the input is not valid${details.map((it) => `; ${it}`).join('')}`)
    this.problems = problems
  }
}

/** RATE_LIMITED: the key's budget is used up. OVERLOADED: more work than can wait, there or here. No effect. */
export class ThrottledError extends UpstreamError<'RATE_LIMITED' | 'OVERLOADED'> {
  override readonly name = 'ThrottledError'
  /** How long to wait before the next try; null when nobody said. */
  readonly retryAfterMs: number | null

  constructor(
    code: 'RATE_LIMITED' | 'OVERLOADED',
    message: string,
    retryAfterMs: number | null = null,
  ) {
    super(code, message)
    this.retryAfterMs = retryAfterMs
  }
}

/**
 * There is no answer, and no effect. UNAVAILABLE: never reached, or a read that the upstream failed to
 * answer. TIMEOUT: a read that took too long. ABORTED: given up by the caller's signal, or the client is closed.
 */
export class UnansweredError extends UpstreamError<'UNAVAILABLE' | 'TIMEOUT' | 'ABORTED'> {
  override readonly name = 'UnansweredError'
}

/** What came back is not the contract's. */
export class BadResponseError extends UpstreamError<'BAD_RESPONSE'> {
  override readonly name = 'BadResponseError'

  constructor(message: string) {
    super('BAD_RESPONSE', message)
  }
}

/** The upstream of this profile has nothing that could do it. Nothing was sent. */
export class UnsupportedError extends UpstreamError<'UNSUPPORTED'> {
  override readonly name = 'UnsupportedError'

  constructor(message: string) {
    super('UNSUPPORTED', message)
  }
}

/**
 * A write was sent and its outcome is not known: it may have had its effect, now or later. On a native
 * upstream, repeat it with this key: the answer is the outcome. A hosted upstream does not know keys, and
 * a repeat may have the effect twice.
 */
export class OutcomeUnknownError extends UpstreamError<'OUTCOME_UNKNOWN'> {
  override readonly name = 'OutcomeUnknownError'
  readonly idempotencyKey: string
  /** How long to wait before the repeat; null when nobody said. */
  readonly retryAfterMs: number | null

  constructor(idempotencyKey: string, retryAfterMs: number | null, cause: unknown) {
    super('OUTCOME_UNKNOWN', 'the call may or may not have had its effect', { cause })
    this.idempotencyKey = idempotencyKey
    this.retryAfterMs = retryAfterMs
  }
}
