import type { ErrorCode } from '@coupon-gateway/schema'
import { GraphQLError } from 'graphql'

/** What an error tells a program besides its code. */
export interface ErrorDetails {
  /** Milliseconds after which another try can succeed. */
  readonly retryAfterMs?: number
  /** Whose limit was met. */
  readonly scope?: 'CALLER' | 'UPSTREAM'
  /** The scope that the caller lacks. */
  readonly requiredScope?: string
  /** The same request, with the same idempotency key, may be sent again. */
  readonly retryable?: boolean
}

/** An error that a client may see: a code of the contract, and a message for people without internals. */
export function gatewayError(
  code: ErrorCode,
  message: string,
  details: ErrorDetails = {},
): GraphQLError {
  return new GraphQLError(message, { extensions: { code, ...details } })
}
