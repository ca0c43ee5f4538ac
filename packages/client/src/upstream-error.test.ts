import { describe, expect, expectTypeOf, it } from 'vitest'
import {
  type FieldProblem,
  InvalidInputError,
  isUpstreamError,
  OutcomeUnknownError,
  ThrottledError,
  UpstreamError,
} from './upstream-error.ts'

describe('isUpstreamError', () => {
  it('knows failures of this copy of the package and of another', async () => {
    const copy = './upstream-error.ts?another-copy'
    const other: typeof import('./upstream-error.ts') = await import(copy)
    const foreign = new other.ThrottledError('OVERLOADED', 'for a test')
    expect(foreign).not.toBeInstanceOf(UpstreamError)
    expect(isUpstreamError(foreign)).toBe(true)
    expect(isUpstreamError(new ThrottledError('OVERLOADED', 'for a test'))).toBe(true)
  })

  it.each([[new Error('no')], [null], [undefined], ['UNAVAILABLE'], [{ code: 'UNAVAILABLE' }]])(
    'does not take %j for one',
    (value) => {
      expect(isUpstreamError(value)).toBe(false)
    },
  )

  it('makes `code` tell which fields there are', () => {
    const error: unknown = new OutcomeUnknownError('key-1', null, undefined)
    if (!isUpstreamError(error)) return expect.unreachable()
    switch (error.code) {
      case 'INVALID_INPUT':
        expectTypeOf(error.problems).toEqualTypeOf<readonly FieldProblem[]>()
        return
      case 'RATE_LIMITED':
      case 'OVERLOADED':
        expectTypeOf(error.retryAfterMs).toEqualTypeOf<number | null>()
        return
      case 'OUTCOME_UNKNOWN':
        expectTypeOf(error.idempotencyKey).toEqualTypeOf<string>()
        return
      case 'UNAVAILABLE':
        expectTypeOf(error).not.toHaveProperty('retryAfterMs')
        return
      default:
        expectTypeOf(error.code).toEqualTypeOf<
          | 'UNAUTHENTICATED'
          | 'FORBIDDEN'
          | 'PLAN_UPGRADE_REQUIRED'
          | 'TIMEOUT'
          | 'ABORTED'
          | 'BAD_RESPONSE'
          | 'UNSUPPORTED'
        >()
    }
  })
})

describe('InvalidInputError', () => {
  it('says in its message which field is wrong and what is allowed', () => {
    const problems = [{ field: 'useLimit', problem: 'is -1', allowed: 'from 0 to 5' }]
    expect(new InvalidInputError(problems).message).toBe(
      'the input is not valid; `useLimit` is -1, allowed: from 0 to 5',
    )
  })
})
