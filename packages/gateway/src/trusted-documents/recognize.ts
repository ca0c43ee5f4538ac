import type { ErrorCode } from '@coupon-gateway/schema'
import { hashOf } from './manifest.ts'
import type { TrustedDocument, TrustedDocuments } from './trusted-documents.ts'

/** What a request asks to be run. */
export type Recognition =
  | { readonly kind: 'trusted'; readonly document: TrustedDocument }
  /** Its own text, or nothing that is a GraphQL request. */
  | { readonly kind: 'other' }
  | RefusedRequest

export interface RefusedRequest {
  readonly kind: 'refused'
  readonly status: number
  readonly code: ErrorCode
  readonly message: string
}

/** The members of a request that can name a document. Nothing about them is known yet. */
export interface RequestMembers {
  readonly documentId?: unknown
  readonly query?: unknown
  readonly extensions?: unknown
  readonly variables?: unknown
  readonly operationName?: unknown
}

const OTHER = { kind: 'other' } as const

/**
 * Finds the trusted document that a request names: by `documentId`, by Apollo's `extensions.persistedQuery`, or by its
 * whole text. An id that nobody knows is refused here, since there is nothing to run.
 *
 * @see https://github.com/graphql/graphql-over-http/blob/main/spec/Appendix%20A%20--%20Persisted%20Documents.md
 */
export function recognize(documents: TrustedDocuments, request: RequestMembers): Recognition {
  const { documentId, query, extensions } = request
  const persistedQuery = isObject(extensions) ? extensions.persistedQuery : undefined
  if (documentId == null && persistedQuery == null) return byText(documents, query)
  if (documentId == null) return byPersistedQuery(documents, persistedQuery, query)
  if (typeof documentId !== 'string') return badRequest('`documentId` must be a string.')
  if (query != null || persistedQuery != null) {
    return badRequest('`documentId` takes the place of `query` and of `extensions.persistedQuery`.')
  }
  const document = documents.findById(documentId)
  if (document !== undefined) return { kind: 'trusted', document }
  return {
    kind: 'refused',
    status: 404,
    code: 'PERSISTED_QUERY_NOT_FOUND',
    message: 'There is no trusted document of this `documentId`.',
  }
}

function byText(documents: TrustedDocuments, query: unknown): Recognition {
  const document = typeof query === 'string' ? documents.findByText(query) : undefined
  return document === undefined ? OTHER : { kind: 'trusted', document }
}

/** Clients of Apollo's protocol go by the status, the code and the message that Apollo Server has. */
function byPersistedQuery(
  documents: TrustedDocuments,
  persistedQuery: unknown,
  query: unknown,
): Recognition {
  if (!isObject(persistedQuery) || persistedQuery.version !== 1) {
    return {
      kind: 'refused',
      status: 200,
      code: 'PERSISTED_QUERY_NOT_SUPPORTED',
      message: 'PersistedQueryNotSupported',
    }
  }
  const { sha256Hash } = persistedQuery
  if (typeof sha256Hash !== 'string') {
    return badRequest('`extensions.persistedQuery.sha256Hash` must be a string.')
  }
  if (typeof query === 'string' && query !== '') {
    return hashOf(query) === sha256Hash
      ? byText(documents, query)
      : badRequest('`sha256Hash` must be the SHA-256 of `query`, in hex.')
  }
  const document = documents.findById(sha256Hash)
  if (document !== undefined) return { kind: 'trusted', document }
  return {
    kind: 'refused',
    status: 200,
    code: 'PERSISTED_QUERY_NOT_FOUND',
    message: 'PersistedQueryNotFound',
  }
}

function badRequest(message: string): RefusedRequest {
  return { kind: 'refused', status: 400, code: 'BAD_REQUEST', message }
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
