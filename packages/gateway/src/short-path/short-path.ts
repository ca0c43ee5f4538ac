import {
  type ExecutionResult,
  GraphQLError,
  type GraphQLFormattedError,
  type GraphQLSchema,
} from 'graphql'
import type { GatewayContext } from '../context.ts'
import type { OperationLimits } from '../operation-limits.ts'
import { isObject, type RequestMembers } from '../trusted-documents/recognize.ts'
import type { KnownDocument, TrustedDocuments } from '../trusted-documents/trusted-documents.ts'
import { createFamiliarDocuments, type FamiliarDocuments } from './familiar-documents.ts'
import { interpret, isPromise, makeRunnable, type RunDocument } from './run-document.ts'

export interface ShortPathParts {
  readonly schema: GraphQLSchema
  readonly limits: OperationLimits
  readonly documents: TrustedDocuments
  /** The one of Apollo Server. */
  readonly formatError: (formatted: GraphQLFormattedError, error: unknown) => GraphQLFormattedError
}

/** Answers past Apollo Server: what it would find out about a document is known. */
export interface ShortPath {
  /**
   * @param document a trusted one, or one that {@link familiar} knows
   * @returns the body, byte for byte what Apollo Server would answer with status 200; undefined for whatever is wrong
   *   with the request: nothing was run, and Apollo Server says what it is
   */
  answer(
    document: KnownDocument,
    request: RequestMembers,
    makeContext: () => GatewayContext,
  ): Promise<string | undefined> | string | undefined
  readonly familiar: FamiliarDocuments
}

/**
 * Compiles the trusted documents, once. Those whose cost their variables decide are left to Apollo Server, which has it
 * judged with each request.
 */
export function createShortPath(parts: ShortPathParts): ShortPath {
  const { schema, limits, documents, formatError } = parts
  const isFit = ({ document, operation }: KnownDocument) =>
    limits.isHarmless(schema, document, operation)
  const runnables = new WeakMap<KnownDocument, RunDocument>(
    documents.all.filter(isFit).map((it) => [it, makeRunnable(schema, it)]),
  )
  const familiar = createFamiliarDocuments((document) => {
    if (!isFit(document)) return false
    runnables.set(document, interpret(schema, document))
    return true
  })

  return {
    familiar,
    answer(document, { operationName, variables, extensions }, makeContext) {
      const run = runnables.get(document)
      const isWellFormed =
        (operationName == null || operationName === document.operationName) &&
        (variables == null || isObject(variables)) &&
        (extensions == null || isObject(extensions))
      if (run === undefined || !isWellFormed) return undefined
      const result = run(makeContext(), isObject(variables) ? variables : {})
      return isPromise(result) ? result.then(toBody) : toBody(result)
    },
  }

  function toBody(result: ExecutionResult | undefined): string | undefined {
    if (result === undefined) return undefined
    const { data, errors } = result
    // The order and the line break are Apollo Server's.
    if (errors === undefined || errors.length === 0) return `${JSON.stringify({ data })}\n`
    return `${JSON.stringify({ errors: errors.map(toPublicError), data })}\n`
  }

  /** What Apollo Server hands to its `formatError`. */
  function toPublicError(error: GraphQLError): GraphQLFormattedError {
    const { message, locations, path, extensions = {} } = error
    return formatError(
      {
        message,
        ...(locations === undefined ? {} : { locations }),
        ...(path === undefined ? {} : { path }),
        extensions: { ...extensions, code: extensions.code ?? 'INTERNAL_SERVER_ERROR' },
      },
      error.originalError === undefined ? asThrown(error) : error,
    )
  }
}

/** What compiled code finds wrong with an answer lacks the error that graphql-js throws for it. */
function asThrown({ message, path, extensions }: GraphQLError): GraphQLError {
  return new GraphQLError(message, { path, extensions, originalError: new Error(message) })
}
