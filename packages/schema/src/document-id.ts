import type { TypedDocumentNode } from '@graphql-typed-document-node/core'

/**
 * The id by which every gateway knows a document of this package: sent as `documentId`, it takes the place of the
 * document's text. It is the SHA-256 of what `print` of graphql makes of the document.
 *
 * @throws TypeError for a document that is not of this package, or that was made anew, as by adding `__typename`
 * @see https://github.com/graphql/graphql-over-http/blob/main/spec/Appendix%20A%20--%20Persisted%20Documents.md
 *
 * @example
 * const body = { documentId: documentIdOf(ValidateCouponDocument), variables: { code: 'WELCOME10' } }
 */
export function documentIdOf<Result, Variables>(
  document: TypedDocumentNode<Result, Variables>,
): string {
  const { __meta__: meta } = document as { readonly __meta__?: { readonly hash?: string } }
  if (meta?.hash === undefined) {
    throw new TypeError('documentIdOf takes a document of @coupon-gateway/schema as it is exported')
  }
  return `sha256:${meta.hash}`
}
