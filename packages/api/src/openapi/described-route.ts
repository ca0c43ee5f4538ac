import type { TSchema } from 'typebox'
import type { ErrorSymbol } from '../error-symbols.ts'
import type { HeaderParameter } from './headers.ts'
import type { TAGS } from './introduction.ts'

/**
 * What a route declares of itself, in its `schema`, beside the `body` and `querystring` that Fastify validates.
 * The OpenAPI document is made from nothing else. Fastify does not know these fields: answers are serialized
 * by `JSON.stringify`, so that a schema can describe them and can never drop or change what is sent.
 */
export interface RouteDescription {
  /** The name of the call, unique in the API: generated clients call their function so. */
  readonly operationId: string
  /** A few words, for a list of calls. */
  readonly summary: string
  /** For whoever integrates: what it does, units, what it costs, when to use which. Markdown. */
  readonly description: string
  readonly tags: readonly [Tag]
  /** Headers that this call reads. Those of every call need not be named. */
  readonly parameters?: readonly HeaderParameter[]
  readonly answers: Answers | ServiceAnswers
}

export type Tag = (typeof TAGS)[number]['name']

/**
 * The answers of a coupon call. Errors that follow from its form are added by themselves: of the key and the
 * rate limits, of a body, of an `Idempotency-Key`.
 */
export interface Answers {
  /** `result` of the envelope, of a success; left out where a success is only streamed. */
  readonly result?: TSchema
  /** The errors of this call beside those of its form. */
  readonly errors: readonly ErrorSymbol[]
  /** `result` of the errors with HTTP 200; null unless told. */
  readonly refusedResult?: TSchema
  /** Each a whole `result` of a success, by what it shows. */
  readonly examples?: Readonly<Record<string, unknown>>
  /** Answers of a success in other media types, by type: one line or the whole text. */
  readonly streams?: Readonly<Record<string, TSchema>>
  /** What a program can do next with this answer. @see https://spec.openapis.org/oas/v3.1.1.html#link-object */
  readonly links?: Readonly<Record<string, Link>>
}

/** The answers of a call of the service itself: without a key, and without the envelope. */
export interface ServiceAnswers {
  /** As the document has them. */
  readonly responses: Readonly<Record<number, object>>
}

export interface Link {
  readonly operationId: string
  readonly description?: string
  /** From `{in}.{name}` of the other call's parameter to an expression such as `$response.body#/result`. */
  readonly parameters?: Readonly<Record<string, string>>
  readonly requestBody?: unknown
}

declare module 'fastify' {
  interface FastifySchema extends Partial<RouteDescription> {}
}
