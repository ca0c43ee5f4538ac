import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hasValidCheckSymbol } from './check-symbol.ts'
import { CodeSpaceTooDenseError } from './density.ts'
import { generateCouponCode } from './generate-code.ts'
import { parseCouponCode } from './parse.ts'

describe('generateCouponCode', () => {
  it.each([8, 12, 16])('makes codes of the length %i in normal form', (length) => {
    const code = generateCouponCode(length)
    expect(code).toHaveLength(length)
    expect(parseCouponCode(code)).toBe(code)
    expect(hasValidCheckSymbol(code)).toBe(true)
  })

  it('counts the prefix into the length, and uses unambiguous symbols behind it', () => {
    const prefixes = fc.string({ unit: fc.constantFrom(...'AILOUZ019'), maxLength: 6 })
    fc.assert(
      fc.property(prefixes, fc.integer({ min: 12, max: 16 }), (prefix, length) => {
        const code = generateCouponCode({ length, prefix })
        expect(code).toHaveLength(length)
        expect(code.startsWith(prefix)).toBe(true)
        expect(code.slice(prefix.length)).toMatch(/^[0-9A-HJKMNP-TV-Z]+$/)
        expect(hasValidCheckSymbol(code)).toBe(true)
      }),
    )
  })

  it.each([7, 17, 8.5, Number.NaN])('refuses the length %d', (length) => {
    expect(() => generateCouponCode(length)).toThrow(
      new RangeError(`length must be an integer from 8 to 16, got ${length}`),
    )
  })

  it.each(['sale', 'SALE-', 'SÄLE', ' '])('refuses the prefix %j', (prefix) => {
    expect(() => generateCouponCode({ length: 16, prefix })).toThrow(
      new RangeError(`prefix must be letters A-Z and digits, got ${JSON.stringify(prefix)}`),
    )
  })

  it('refuses a prefix that leaves so little room that the code could be guessed', () => {
    expect(() => generateCouponCode({ length: 8, prefix: 'SALE' })).toThrow(CodeSpaceTooDenseError)
    expect(() => generateCouponCode({ length: 10, prefix: 'SALE' })).not.toThrow()
  })
})
