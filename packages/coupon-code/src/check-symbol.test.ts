import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkSymbolAfter, checksum, hasValidCheckSymbol } from './check-symbol.ts'
import { generateCouponCode } from './generate-code.ts'
import { type CouponCode, parseCouponCode } from './parse.ts'

const TYPEABLE = [...'0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ']
const LONGEST = 16

const words = fc.string({
  unit: fc.constantFrom(...TYPEABLE),
  minLength: LONGEST,
  maxLength: LONGEST,
})
const generatedCodes = fc
  .record({ length: fc.integer({ min: 10, max: LONGEST }), prefix: fc.constantFrom('', 'LOUI') })
  .map(generateCouponCode)

describe('hasValidCheckSymbol', () => {
  it('holds for every generated code', () => {
    fc.assert(
      fc.property(generatedCodes, (code) => {
        expect(hasValidCheckSymbol(code)).toBe(true)
      }),
    )
  })

  it('notices every substitution of one symbol by any of A-Z and 0-9, in the prefix too', () => {
    fc.assert(
      fc.property(generatedCodes, (code) => {
        for (const [at, symbol] of [...code].entries()) {
          for (const wrong of TYPEABLE) {
            if (wrong === symbol) continue
            expect(hasValidCheckSymbol(withSymbol(code, at, wrong)), `${wrong} at ${at}`).toBe(
              false,
            )
          }
        }
      }),
    )
  })

  it('notices every swap of two different symbols, neighbours or not', () => {
    fc.assert(
      fc.property(generatedCodes, (code) => {
        for (const [at, symbol] of [...code].entries()) {
          for (const [other, otherSymbol] of [...code].entries()) {
            if (symbol === otherSymbol) continue
            const swapped = withSymbol(withSymbol(code, at, otherSymbol), other, symbol)
            expect(hasValidCheckSymbol(swapped), `${at} and ${other}`).toBe(false)
          }
        }
      }),
    )
  })

  it.each(['WELCOME10', 'SINGLEUSE1', 'FRIENDS05'])(
    'is no condition for %s to be a code',
    (chosen) => {
      const code = parseCouponCode(chosen)
      expect(code).toBe(chosen)
      expect(hasValidCheckSymbol(code as CouponCode)).toBe(false)
    },
  )
})

// A code is valid when its checksum is 1, so that a mistake is noticed when it changes the checksum.
describe('checksum', () => {
  it('differs for every two symbols at every place, whatever the others are', () => {
    fc.assert(
      fc.property(words, (word) => {
        for (let at = 0; at < LONGEST; at += 1) {
          const sums = TYPEABLE.map((symbol) => checksum(withSymbol(word, at, symbol)))
          expect(new Set(sums).size).toBe(TYPEABLE.length)
        }
      }),
    )
  })

  it('differs for every two neighbours and the same two swapped, at every place', () => {
    fc.assert(
      fc.property(words, (word) => {
        for (let at = 0; at + 1 < LONGEST; at += 1) {
          const around = (pair: string) => word.slice(0, at) + pair + word.slice(at + 2)
          for (const [index, first] of TYPEABLE.entries()) {
            for (const second of TYPEABLE.slice(index + 1)) {
              if (checksum(around(first + second)) === checksum(around(second + first))) {
                expect.fail(`${first} and ${second} at ${at}`)
              }
            }
          }
        }
      }),
      { numRuns: 20 },
    )
  })
})

describe('checkSymbolAfter', () => {
  it('agrees with the published examples of ISO/IEC 7064 MOD 37-2', () => {
    expect(checkSymbolAfter(checksum('G123489654321'))).toBe('Y')
    expect(hasValidCheckSymbol('G123489654321Y' as CouponCode)).toBe(true)
  })

  it('makes each of the 37 checksums valid, save the one that would need a 37th symbol', () => {
    for (let before = 0; before < 37; before += 1) {
      const check = checkSymbolAfter(before)
      if (check === undefined) expect((2 * before + 36) % 37).toBe(1)
      else expect(checksum(check, before)).toBe(1)
    }
  })
})

function withSymbol(code: string, at: number, symbol: string): CouponCode {
  return (code.slice(0, at) + symbol + code.slice(at + 1)) as CouponCode
}
