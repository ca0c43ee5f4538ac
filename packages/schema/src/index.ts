export type { TypedDocumentNode } from '@graphql-typed-document-node/core'
export { documentIdOf } from './document-id.ts'
export { ERROR_CODES, type ErrorCode } from './error-codes.ts'
export type { Example } from './example.ts'
/** The standard operations, and the types of their variables and results. */
export * from './generated/documents.ts'
export { EXAMPLES } from './generated/examples.ts'
/** The types of the schema, for clients and, as `Resolvers`, for the server. */
export type * from './generated/resolvers.ts'
export { typeDefs } from './generated/schema-sdl.ts'
