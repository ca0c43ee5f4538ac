import { unwrapResolverError } from '@apollo/server/errors'
import { ERROR_CODES } from '@coupon-gateway/schema'
import { GraphQLError, type GraphQLFormattedError } from 'graphql'
import { correlationId } from './correlation.ts'

/** Extensions that may leave the house. */
const PUBLIC_EXTENSIONS = ['code', 'retryAfterMs', 'scope', 'retryable'] as const

/**
 * Decides what a client sees of an error: a list of what is allowed, since Apollo passes the message of any
 * thrown error on. An error leaves as it is when it was made on purpose, that is, when it is a GraphQLError
 * with a code of the contract; everything else becomes INTERNAL_SERVER_ERROR and goes to `onMasked`.
 */
export function createFormatError(onMasked: (error: unknown) => void) {
  return function formatError(
    formatted: GraphQLFormattedError,
    error: unknown,
  ): GraphQLFormattedError {
    const original = unwrapResolverError(error)
    const { code } = formatted.extensions ?? {}
    const isOnPurpose =
      original instanceof GraphQLError &&
      typeof code === 'string' &&
      Object.hasOwn(ERROR_CODES, code) &&
      code !== 'INTERNAL_SERVER_ERROR'
    if (!isOnPurpose) onMasked(original)
    const extensions = isOnPurpose ? formatted.extensions : { code: 'INTERNAL_SERVER_ERROR' }
    return {
      message: isOnPurpose
        ? formatted.message
        : 'An error on our side. It was logged under the correlation id.',
      ...(formatted.locations === undefined ? {} : { locations: formatted.locations }),
      ...(formatted.path === undefined ? {} : { path: formatted.path }),
      extensions: {
        ...Object.fromEntries(
          PUBLIC_EXTENSIONS.filter((name) => extensions?.[name] !== undefined).map((name) => [
            name,
            extensions?.[name],
          ]),
        ),
        correlationId: correlationId(),
      },
    }
  }
}
