import type { FastifyReply } from 'fastify'
import type { InputProblem } from './api-error.ts'
import type { ApiProfile } from './api-profile.ts'
import { ERROR_PAGE_TYPE, errorPage } from './error-page.ts'
import { ERROR_SYMBOLS, type ErrorSymbol } from './error-symbols.ts'
import { languageOf, setLanguageHeaders } from './language.ts'
import { type Language, type Phrase, TEXTS } from './messages/texts.ts'
import { tellProblems } from './tell-problems.ts'

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
  /** What is wrong with the input: told in `message` and `result`. */
  readonly problems?: readonly InputProblem[]
  /** In place of the symbol's own text. */
  readonly message?: Phrase
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
  readonly language: Language
  readonly contentType: string
  readonly body: Envelope | string
}

/**
 * Spells an error, for who writes the answer himself; {@link refuse} is for handlers.
 * @param status in place of the symbol's own
 */
export function failure(
  { profile, language }: { readonly profile: ApiProfile; readonly language: Language },
  error: ErrorSymbol,
  details: ErrorDetails = {},
  status: number = profile.statusOfError[error] ?? ERROR_SYMBOLS[error].status,
): Failure {
  if (profile.hasErrorPages && (status < 200 || status > 299)) {
    return { status, language: 'en', contentType: ERROR_PAGE_TYPE, body: errorPage(status) }
  }
  const texts = TEXTS[language]
  const { result, message } =
    details.problems === undefined
      ? {
          result: details.result ?? null,
          message: details.message?.(texts) ?? texts.errors[error],
        }
      : tellProblems(details.problems, language)
  return {
    status,
    language,
    contentType: 'application/json; charset=utf-8',
    body: {
      code: ERROR_SYMBOLS[error].code,
      message,
      ...(profile.hasErrorDetails ? { result, error } : { result: null }),
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
  reply.request.failedWith = error
  const { profile } = reply.server
  const spelled = failure({ profile, language: languageOf(reply.request) }, error, details)
  setLanguageHeaders(reply, spelled.language)
  reply.code(spelled.status).type(spelled.contentType)
  return spelled.body
}
