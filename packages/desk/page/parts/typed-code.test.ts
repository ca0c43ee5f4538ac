import { generateCouponCode } from '@coupon-gateway/coupon-code'
import { describe, expect, it } from 'vitest'
import { mayBeMistyped, readTypedCode } from './typed-code.ts'

describe('readTypedCode', () => {
  it('knows what is no code yet, and what a code is', () => {
    expect(readTypedCode('  ')).toEqual({ kind: 'empty' })
    expect(readTypedCode('WELC')).toMatchObject({
      kind: 'no code',
      rule: expect.stringContaining('8 to 16'),
    })
  })

  it('reads codes as people type them', () => {
    expect(readTypedCode(' welcome-10 ')).toEqual({
      kind: 'code',
      code: 'WELCOME10',
      isMistyped: false,
    })
  })

  it.each([
    'WELCOME10',
    'SINGLEUSE1',
    'FRIENDS05',
    'INSTORE42',
    'BIGSALE10K',
    'EXPIRED01',
    'FUTURE001',
  ])('finds no mistake in %s, which somebody chose', (code) => {
    expect(readTypedCode(code)).toMatchObject({ isMistyped: false })
  })

  it('finds every single wrong symbol of a generated code, where it is one that these have', () => {
    const code = generateCouponCode(12)
    expect(readTypedCode(code)).toMatchObject({ isMistyped: false })
    for (let at = 0; at < code.length; at += 1) {
      const wrong = code[at] === 'A' ? 'B' : 'A'
      expect(readTypedCode(code.slice(0, at) + wrong + code.slice(at + 1))).toMatchObject({
        isMistyped: true,
      })
    }
  })

  it('O typed for 0 is found once the code is not found', () => {
    const code = `${generateCouponCode(12)}`
    expect(mayBeMistyped(code)).toBe(false)
    const at = [...code].findIndex((symbol) => symbol !== 'O')
    expect(mayBeMistyped(`${code.slice(0, at)}O${code.slice(at + 1)}`)).toBe(true)
  })
})
