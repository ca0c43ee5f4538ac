import type { FastifyReply } from 'fastify'
import { ERROR_SYMBOLS, type ErrorSymbol } from './error-symbols.ts'

/** The form of every answer. `error` is there exactly when `code` is not 0. */
export interface Envelope {
  readonly code: number
  readonly message: string
  readonly result: unknown
  readonly error?: ErrorSymbol
}

export interface ErrorDetails {
  /** Sent as `Retry-After`. */
  readonly retryAfterSeconds?: number
  readonly result?: unknown
  /** In place of the symbol's own text. */
  readonly message?: string
}

/** Seconds to wait where the moment of relief is not known: a lock or a queue, not a window. */
const DEFAULT_RETRY_AFTER_SECONDS = 1

const WAITS_BY_NATURE: ReadonlySet<ErrorSymbol> = new Set([
  'IDEMPOTENCY_CONCURRENT_REQUEST',
  'OVERLOADED',
  'UNAVAILABLE',
] satisfies ErrorSymbol[])

export function success(result: unknown): Envelope {
  return { code: 0, message: '', result }
}

/** The envelope of an error, for who writes the answer himself; {@link refuse} is for handlers. */
export function failure(error: ErrorSymbol, details: ErrorDetails = {}): Envelope {
  const { code, message } = ERROR_SYMBOLS[error]
  return { code, message: details.message ?? message, result: details.result ?? null, error }
}

/** Answers with an error: sets status and headers, and returns the envelope for the handler to return. */
export function refuse(
  reply: FastifyReply,
  error: ErrorSymbol,
  details: ErrorDetails = {},
): Envelope {
  const retryAfterSeconds =
    details.retryAfterSeconds ??
    (WAITS_BY_NATURE.has(error) ? DEFAULT_RETRY_AFTER_SECONDS : undefined)
  if (retryAfterSeconds !== undefined) reply.header('Retry-After', retryAfterSeconds)
  reply.code(ERROR_SYMBOLS[error].status)
  return failure(error, details)
}
