import { GraphQLError, locatedError } from 'graphql'
import { describe, expect, it } from 'vitest'
import { withRequestRecord } from './correlation.ts'
import { createFormatError } from './format-error.ts'
import { gatewayError } from './gateway-error.ts'

/** What a client sees of an error that a resolver threw, and what was passed on to the log. */
function format(thrown: Error, { hideSuggestions = false } = {}) {
  const masked: unknown[] = []
  const formatError = createFormatError({ hideSuggestions, onMasked: (it) => masked.push(it) })
  const located = locatedError(thrown, [], ['validateCoupon'])
  // As Apollo Server does it: an error without a code gets this one.
  const formatted = {
    ...located.toJSON(),
    extensions: { code: 'INTERNAL_SERVER_ERROR', ...located.extensions },
  }
  const seen = withRequestRecord({ id: 'order-17', errorCodes: [], operation: null }, () =>
    formatError(formatted, located),
  )
  return { seen, masked }
}

const MASKED = {
  message: 'An error on our side. It was logged under the correlation id.',
  path: ['validateCoupon'],
  extensions: { code: 'INTERNAL_SERVER_ERROR', correlationId: 'order-17' },
}

describe('an error that was not made on purpose is masked, and goes to the log:', () => {
  it.each([
    ['an Error', new Error('password of 10.0.0.7 is hunter2')],
    [
      'an Error with a code and extensions',
      Object.assign(new Error('hunter2'), {
        code: 'RATE_LIMITED',
        extensions: { code: 'RATE_LIMITED', scope: 'CALLER' },
      }),
    ],
    ['a GraphQLError without a code', new GraphQLError('hunter2')],
    [
      'a GraphQLError with a code that the contract does not have',
      new GraphQLError('hunter2', { extensions: { code: 'ECONNREFUSED', scope: 'CALLER' } }),
    ],
    [
      'a GraphQLError with the name of a method as code',
      new GraphQLError('hunter2', { extensions: { code: 'toString' } }),
    ],
    [
      'a GraphQLError that says it is internal',
      new GraphQLError('hunter2', { extensions: { code: 'INTERNAL_SERVER_ERROR' } }),
    ],
  ])('%s', (_what, error) => {
    const { seen, masked } = format(error)
    expect(seen).toEqual(MASKED)
    expect(masked).toEqual([error])
  })
})

describe('an error that was made on purpose', () => {
  it('passes with its message, its code and what it tells programs, and is not logged', () => {
    const { seen, masked } = format(
      gatewayError('RATE_LIMITED', 'Used up.', { scope: 'CALLER', retryAfterMs: 1_500 }),
    )
    expect(seen).toEqual({
      message: 'Used up.',
      path: ['validateCoupon'],
      extensions: {
        code: 'RATE_LIMITED',
        scope: 'CALLER',
        retryAfterMs: 1_500,
        correlationId: 'order-17',
      },
    })
    expect(masked).toEqual([])
  })

  it('passes with false and 0 as they are', () => {
    const { seen } = format(
      gatewayError('OVERLOADED', 'Later.', { retryable: false, retryAfterMs: 0 }),
    )
    expect(seen.extensions).toMatchObject({ retryable: false, retryAfterMs: 0 })
  })

  it('loses extensions that are not on the list', () => {
    const { seen } = format(
      new GraphQLError('Not now.', {
        extensions: {
          code: 'UPSTREAM_UNAVAILABLE',
          stacktrace: ['at /srv/gateway.ts'],
          host: '10.0.0.7',
          http: { status: 503 },
          correlationId: 'forged',
        },
      }),
    )
    expect(seen.extensions).toEqual({ code: 'UPSTREAM_UNAVAILABLE', correlationId: 'order-17' })
  })

  it('loses the values that graphql-js repeats', () => {
    const { seen } = format(
      new GraphQLError('String cannot represent a non string value: 4242', {
        extensions: { code: 'BAD_USER_INPUT' },
      }),
    )
    expect(seen.message).toBe('String cannot represent a non string value.')
  })

  it('loses suggestions where they are hidden', () => {
    const error = new GraphQLError('Unknown argument "cod". Did you mean "code"?', {
      extensions: { code: 'GRAPHQL_VALIDATION_FAILED' },
    })
    expect(format(error).seen.message).toContain('Did you mean "code"?')
    expect(format(error, { hideSuggestions: true }).seen.message).toBe('Unknown argument "cod".')
  })
})

it('what graphql-js finds wrong with an argument while it executes is bad input, not our fault', () => {
  const { seen, masked } = format(
    new GraphQLError('Argument "code" of non-null type "String!" must not be null.'),
  )
  expect(seen.extensions).toEqual({ code: 'BAD_USER_INPUT', correlationId: 'order-17' })
  expect(masked).toEqual([])
})
