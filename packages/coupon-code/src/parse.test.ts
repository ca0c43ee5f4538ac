import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseCouponCode } from './parse.ts'

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
