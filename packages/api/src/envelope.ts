import type { FastifyReply } from 'fastify'
import type { ApiProfile } from './api-profile.ts'
import { ERROR_PAGE_TYPE, errorPage } from './error-page.ts'
import { ERROR_SYMBOLS, type ErrorSymbol } from './error-symbols.ts'

/** The form of every answer. `error` is there exactly when `code` is not 0, unless the profile leaves it out. */
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

/** Whoever refuses with one of these knows the moment. */
const WAITS_UNTIL_A_MOMENT: ReadonlySet<ErrorSymbol> = new Set([
  'TOO_MANY_ATTEMPTS',
  'RATE_LIMITED',
] satisfies ErrorSymbol[])

/** Whether an error's answer always tells how long to wait. */
export function hasRetryAfter(error: ErrorSymbol): boolean {
  return WAITS_BY_NATURE.has(error) || WAITS_UNTIL_A_MOMENT.has(error)
}

export function success(result: unknown): Envelope {
  return { code: 0, message: '', result }
}

/** An error as it is sent: in the envelope, or as a page where the profile promises none. */
export interface Failure {
  readonly status: number
  readonly contentType: string
  readonly body: Envelope | string
}

/**
 * Spells an error, for who writes the answer himself; {@link refuse} is for handlers.
 * @param status in place of the symbol's own
 */
export function failure(
  profile: ApiProfile,
  error: ErrorSymbol,
  details: ErrorDetails = {},
  status: number = profile.statusOfError[error] ?? ERROR_SYMBOLS[error].status,
): Failure {
  if (profile.hasErrorPages && (status < 200 || status > 299)) {
    return { status, contentType: ERROR_PAGE_TYPE, body: errorPage(status) }
  }
  const { code, message } = ERROR_SYMBOLS[error]
  return {
    status,
    contentType: 'application/json; charset=utf-8',
    body: {
      code,
      message: details.message ?? message,
      result: (profile.hasErrorDetails ? details.result : undefined) ?? null,
      ...(profile.hasErrorDetails ? { error } : {}),
    },
  }
}

/** Answers with an error: sets status and headers, and returns the body for the handler to return. */
export function refuse(
  reply: FastifyReply,
  error: ErrorSymbol,
  details: ErrorDetails = {},
): Failure['body'] {
  const retryAfterSeconds =
    details.retryAfterSeconds ??
    (WAITS_BY_NATURE.has(error) ? DEFAULT_RETRY_AFTER_SECONDS : undefined)
  if (retryAfterSeconds !== undefined) reply.header('Retry-After', retryAfterSeconds)
  const { status, contentType, body } = failure(reply.server.profile, error, details)
  reply.code(status).type(contentType)
  return body
}
