import type { TSchema } from 'typebox'
import { hasRetryAfter } from '../envelope.ts'
import { ERROR_SYMBOLS, type ErrorSymbol } from '../error-symbols.ts'
import { TEXTS } from '../messages/texts.ts'
import type { Answers } from './described-route.ts'
import { errorEnvelope, errorExample, successEnvelope, toTitle } from './envelopes.ts'
import type { AnswerHeader } from './headers.ts'
import { toPublicSchema } from './public-schema.ts'

/** What a call takes, which is what its errors and headers follow from. */
export interface CallForm {
  readonly hasBody: boolean
  readonly idempotencyKey: 'none' | 'optional' | 'required'
  readonly takesPreference: boolean
}

/** The responses of a coupon call by status, with all that follow from its form. */
export function toResponses(answers: Answers, form: CallForm): Record<string, object> {
  const byStatus = Map.groupBy(
    new Set([...answers.errors, ...errorsOf(form)]),
    (error): number => ERROR_SYMBOLS[error].status,
  )
  const successHeaders: AnswerHeader[] = [
    ...(form.idempotencyKey === 'none' ? [] : (['Idempotency-Replayed'] as const)),
    ...(form.takesPreference ? (['Preference-Applied'] as const) : []),
  ]
  const { 200: _, ...refusals } = Object.fromEntries(byStatus)
  return {
    200: toAnswer(answers, byStatus.get(200) ?? [], successHeaders),
    ...Object.fromEntries(
      Object.entries(refusals).map(([status, errors]) => [status, toRefusal(status, errors)]),
    ),
    ...UNREAD,
  }
}

/** What every call can get, before it is known which call it is: without the headers of the plan. */
export const UNREAD = {
  408: toUnread('TooSlow', 'The request did not arrive within 10 seconds. Nothing was done.'),
  431: toUnread(
    'TooLarge',
    'The path and the headers are longer than 16 kB together. Nothing was done.',
  ),
}

function errorsOf(form: CallForm): readonly ErrorSymbol[] {
  return [
    'INVALID_INPUT',
    'UNAUTHENTICATED',
    'PLAN_UPGRADE_REQUIRED',
    'RATE_LIMITED',
    ...(form.hasBody ? (['UNSUPPORTED_MEDIA_TYPE', 'BODY_TOO_LARGE'] as const) : []),
    ...(form.idempotencyKey === 'required' ? (['IDEMPOTENCY_KEY_REQUIRED'] as const) : []),
    ...(form.idempotencyKey === 'none'
      ? []
      : (['IDEMPOTENCY_KEY_REUSED', 'IDEMPOTENCY_CONCURRENT_REQUEST'] as const)),
    'OVERLOADED',
    'UNAVAILABLE',
    'INTERNAL',
  ]
}

/** A success, and the coupons that cannot be used: both are HTTP 200. */
function toAnswer(answers: Answers, errors: readonly ErrorSymbol[], headers: AnswerHeader[]) {
  const { result, refusedResult, examples = {}, streams = {}, links } = answers
  const refusals = errors.map((error) => errorEnvelope(error, refusedResult))
  return {
    description:
      errors.length === 0
        ? 'Done.'
        : `Done (\`code\` 0), or refused for what the coupon is: ${errors.join(', ')}.`,
    headers: toHeaders(headers),
    content: {
      ...(result === undefined
        ? {}
        : {
            'application/json': {
              schema: anyOf([successEnvelope(result), ...refusals]),
              examples: {
                ...Object.fromEntries(
                  Object.entries(examples).map(([name, example]) => [
                    toExampleName(name),
                    { summary: name, value: { code: 0, message: '', result: example } },
                  ]),
                ),
                ...toErrorExamples(errors),
              },
            },
          }),
      ...Object.fromEntries(
        Object.entries(streams).map(([mediaType, schema]) => [
          mediaType,
          { schema: toPublicSchema(schema) },
        ]),
      ),
    },
    ...(links === undefined ? {} : { links }),
  }
}

function toRefusal(status: string, errors: readonly ErrorSymbol[]) {
  const isTold = errors.every(hasRetryAfter)
  return {
    title: errors.map(toTitle).join('Or'),
    description: errors.map((error) => TEXTS.en.errors[error]).join(' '),
    headers: toHeaders([
      ...(isTold ? (['Retry-After'] as const) : []),
      ...(status === '401' ? (['WWW-Authenticate'] as const) : []),
    ]),
    content: {
      'application/json': {
        schema: anyOf(errors.map((error) => errorEnvelope(error))),
        examples: toErrorExamples(errors),
      },
    },
  }
}

function toUnread(title: string, description: string) {
  return {
    title,
    description,
    headers: { 'X-Request-Id': toHeaderReference('X-Request-Id') },
    content: { 'application/json': { schema: errorEnvelope('INVALID_INPUT') } },
  }
}

function toErrorExamples(errors: readonly ErrorSymbol[]) {
  return Object.fromEntries(
    errors.map((error) => [error, { summary: TEXTS.en.errors[error], value: errorExample(error) }]),
  )
}

function anyOf(schemas: readonly TSchema[]): unknown {
  return toPublicSchema(schemas.length === 1 ? schemas[0] : { anyOf: schemas })
}

function toHeaders(names: readonly AnswerHeader[]) {
  const all: AnswerHeader[] = [
    'X-Request-Id',
    'Content-Language',
    'RateLimit-Policy',
    'RateLimit',
    'X-RateLimit-Limit',
    'X-RateLimit-Remaining',
    'X-RateLimit-Reset',
    ...names,
  ]
  return Object.fromEntries(all.map((name) => [name, toHeaderReference(name)]))
}

function toHeaderReference(name: AnswerHeader) {
  return { $ref: `#/components/headers/${name}` }
}

function toExampleName(summary: string): string {
  return summary.replace(/[^A-Za-z0-9]+/g, '-')
}
