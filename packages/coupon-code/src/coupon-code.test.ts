import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { generateCouponCode, parseCouponCode } from './index.ts'

describe('parseCouponCode', () => {
  it.each([
    ['WELCOME10', 'WELCOME10'],
    ['welcome10', 'WELCOME10'],
    [' welcome - 10 ', 'WELCOME10'],
    ['abcd-efgh-ijkl-mnop', 'ABCDEFGHIJKLMNOP'],
  ])('reads %j as %j', (typed, code) => {
    expect(parseCouponCode(typed)).toBe(code)
  })

  it.each([
    [''],
    ['        '],
    ['SHORT12'],
    ['SEVENTEENLETTERS1'],
    ['WELCOME_10'],
    ['WELCÖME10'],
    ['straße1234'],
    ['welcomeı10'],
    ['A'.repeat(10_000)],
  ])('refuses %j', (typed) => {
    expect(parseCouponCode(typed)).toBeUndefined()
  })

  it('gives the normal form of a normal form unchanged', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 8, maxLength: 40 }), (typed) => {
        const code = parseCouponCode(typed)
        if (code !== undefined) expect(parseCouponCode(code)).toBe(code)
      }),
    )
  })
})

describe('generateCouponCode', () => {
  it('makes codes of the length asked for, in normal form', () => {
    for (const length of [8, 12, 16]) {
      const code = generateCouponCode(length)
      expect(code).toHaveLength(length)
      expect(parseCouponCode(code)).toBe(code)
    }
  })

  it.each([[7], [17]])('refuses the length %i', (length) => {
    expect(() => generateCouponCode(length)).toThrow('length must be an integer from 8 to 16')
  })
})
