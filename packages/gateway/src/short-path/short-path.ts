import {
  type ExecutionResult,
  GraphQLError,
  type GraphQLFormattedError,
  type GraphQLSchema,
} from 'graphql'
import type { GatewayContext } from '../context.ts'
import type { OperationLimits } from '../operation-limits.ts'
import { isObject, type RequestMembers } from '../trusted-documents/recognize.ts'
import type { TrustedDocument, TrustedDocuments } from '../trusted-documents/trusted-documents.ts'
import { makeRunnable } from './run-document.ts'

export interface ShortPathParts {
  readonly schema: GraphQLSchema
  readonly limits: OperationLimits
  readonly documents: TrustedDocuments
  /** The one of Apollo Server. */
  readonly formatError: (formatted: GraphQLFormattedError, error: unknown) => GraphQLFormattedError
}

/**
 * Answers a request for a trusted document, past Apollo Server: what it would find out about the document is known.
 *
 * @returns the body, byte for byte what Apollo Server would answer with status 200; undefined for whatever is wrong with
 *   the request: nothing was run, and Apollo Server says what it is
 */
export type AnswerShortly = (
  document: TrustedDocument,
  request: RequestMembers,
  makeContext: () => GatewayContext,
) => Promise<string | undefined>

/**
 * Compiles the trusted documents, once. Those whose cost their variables decide are left to Apollo Server, which has it
 * judged with each request.
 */
export function createShortPath(parts: ShortPathParts): AnswerShortly {
  const { schema, limits, documents, formatError } = parts
  const runnables = new Map(
    documents.all
      .filter(({ document, operation }) => limits.isHarmless(schema, document, operation))
      .map((it) => [it, makeRunnable(schema, it)]),
  )

  return async function answerShortly(document, request, makeContext) {
    const run = runnables.get(document)
    const { operationName, variables, extensions } = request
    const isWellFormed =
      (operationName == null || operationName === document.operationName) &&
      (variables == null || isObject(variables)) &&
      (extensions == null || isObject(extensions))
    if (run === undefined || !isWellFormed) return undefined
    const result = await run(makeContext(), isObject(variables) ? variables : {})
    return result === undefined ? undefined : toBody(result)
  }

  function toBody({ data, errors }: ExecutionResult): string {
    // The order and the line break are Apollo Server's.
    if (errors === undefined || errors.length === 0) return `${JSON.stringify({ data })}\n`
    return `${JSON.stringify({ errors: errors.map(toPublicError), data })}\n`
  }

  /** What Apollo Server hands to its `formatError`. The errors of compiled code lack what graphql-js gives its own. */
  function toPublicError(error: GraphQLError): GraphQLFormattedError {
    const { message, locations, path, extensions = {} } = error
    return formatError(
      {
        message,
        ...(locations === undefined ? {} : { locations }),
        ...(path === undefined ? {} : { path }),
        extensions: { ...extensions, code: extensions.code ?? 'INTERNAL_SERVER_ERROR' },
      },
      new GraphQLError(message, {
        path,
        extensions,
        originalError: error.originalError ?? new Error(message),
      }),
    )
  }
}
