import { ERROR_CODES, type ErrorCode } from '@coupon-gateway/schema'

/** Why there is no answer to a call: what the gateway says, or what this page notices itself. */
export type FailureCode = ErrorCode | 'OFFLINE' | 'NO_ANSWER' | 'UNREADABLE_ANSWER'

export interface Failure {
  readonly code: FailureCode
  /** What the gateway asks to wait; null when it says nothing. */
  readonly retryAfterMs: number | null
  /** In the gateway's words; null for what this page noticed itself. */
  readonly message: string | null
  /** To quote when one asks the shop about it. */
  readonly correlationId: string | null
}

export function failureOf(code: FailureCode): Failure {
  return { code, message: null, retryAfterMs: null, correlationId: null }
}

/** Reads one of the `errors` of an answer. A code that is not known counts as a fault of the gateway. */
export function readFailure(error: unknown, fallback: FailureCode): Failure {
  const { message, extensions = {} } = (error ?? {}) as {
    message?: unknown
    extensions?: Record<string, unknown>
  }
  const { code, retryAfterMs, correlationId } = extensions
  const known = typeof code === 'string' && Object.hasOwn(ERROR_CODES, code)
  return {
    code: known ? (code as ErrorCode) : fallback,
    message: typeof message === 'string' ? message : null,
    retryAfterMs: typeof retryAfterMs === 'number' ? retryAfterMs : null,
    correlationId: typeof correlationId === 'string' ? correlationId : null,
  }
}
