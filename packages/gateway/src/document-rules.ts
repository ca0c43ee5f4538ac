import type { ParseOptions } from 'graphql'

/** What every document has to keep to, whether it comes with a request or from a manifest. */
export const PARSE_OPTIONS = { maxTokens: 1_000 } as const satisfies ParseOptions

/** Errors that one document or its variables are told of: an answer must not grow with what was sent. */
export const MAX_ERRORS = 5
