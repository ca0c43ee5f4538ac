import { unwrapResolverError } from '@apollo/server/errors'
import { ERROR_CODES, type ErrorCode } from '@coupon-gateway/schema'
import { GraphQLError, type GraphQLFormattedError } from 'graphql'
import { correlationId, noteErrorCode } from './correlation.ts'
import {
  codeOfGraphqlJsMessage,
  withoutRepeatedValues,
  withoutSuggestion,
} from './graphql-js-errors.ts'
import { codeOfOperationLimit } from './operation-limits.ts'

/** Extensions that may leave the house. */
const PUBLIC_EXTENSIONS = ['code', 'retryAfterMs', 'scope', 'requiredScope', 'retryable'] as const

export interface FormatErrorOptions {
  /** Names of the schema that a misspelled one is near to are kept back. Apollo could, in documents only, and slowly. */
  readonly hideSuggestions: boolean
  /** Gets every error that the client does not see. */
  readonly onMasked: (error: unknown) => void
}

/**
 * Decides what a client sees of an error: a list of what is allowed, since Apollo passes the message of any
 * thrown error on. An error leaves as it is when it was made on purpose, that is, when it is a GraphQLError
 * with a code of the contract; everything else becomes INTERNAL_SERVER_ERROR and goes to `onMasked`.
 */
export function createFormatError({ hideSuggestions, onMasked }: FormatErrorOptions) {
  const toPublicMessage = (message: string) =>
    withoutRepeatedValues(hideSuggestions ? withoutSuggestion(message) : message)

  return function formatError(
    formatted: GraphQLFormattedError,
    error: unknown,
  ): GraphQLFormattedError {
    const original = unwrapResolverError(error)
    const code = publicCodeOf(original, formatted.extensions?.code)
    const isOnPurpose = code !== undefined
    if (!isOnPurpose) onMasked(original)
    noteErrorCode(code ?? 'INTERNAL_SERVER_ERROR')
    const extensions: Readonly<Record<string, unknown>> = isOnPurpose
      ? { ...formatted.extensions, code }
      : { code: 'INTERNAL_SERVER_ERROR' }
    return {
      message: isOnPurpose
        ? toPublicMessage(formatted.message)
        : 'An error on our side. It was logged under the correlation id.',
      ...(formatted.locations === undefined ? {} : { locations: formatted.locations }),
      ...(formatted.path === undefined ? {} : { path: formatted.path }),
      extensions: {
        ...Object.fromEntries(
          PUBLIC_EXTENSIONS.filter((name) => extensions[name] !== undefined).map((name) => [
            name,
            extensions[name],
          ]),
        ),
        correlationId: correlationId(),
      },
    }
  }
}

/** The code of an error that was made on purpose; undefined for one that nobody may see. */
function publicCodeOf(original: unknown, formattedCode: unknown): ErrorCode | undefined {
  if (!(original instanceof GraphQLError)) return undefined
  if (original.extensions.code === undefined) return codeOfGraphqlJsMessage(original.message)
  const limitCode = codeOfOperationLimit(original)
  if (limitCode !== undefined) return limitCode
  return isErrorCode(formattedCode) && formattedCode !== 'INTERNAL_SERVER_ERROR'
    ? formattedCode
    : undefined
}

function isErrorCode(code: unknown): code is ErrorCode {
  return typeof code === 'string' && Object.hasOwn(ERROR_CODES, code)
}
