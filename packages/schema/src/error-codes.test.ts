import { describe, expect, expectTypeOf, it } from 'vitest'
import { ERROR_CODES, type ErrorCode } from './index.ts'

describe('ERROR_CODES', () => {
  it.each(Object.entries(ERROR_CODES))('%s says what it means in one line', (code, meaning) => {
    expect(code).toMatch(/^[A-Z]+(_[A-Z]+)*$/)
    expect(meaning).toMatch(/^[A-Z].*\.$/)
  })

  it('is a closed set for programs', () => {
    expectTypeOf<'UPSTREAM_OUTCOME_UNKNOWN'>().toExtend<ErrorCode>()
    expectTypeOf<'OUT_OF_COFFEE'>().not.toExtend<ErrorCode>()
  })
})
