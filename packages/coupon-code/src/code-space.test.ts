import { describe, expect, it } from 'vitest'
import { hasValidCheckSymbol } from './check-symbol.ts'
import {
  bodyLengthOf,
  buildCode,
  countPossibleCodes,
  ENDING_COUNT,
  writeSymbols,
} from './code-space.ts'

describe('the space of possible codes', () => {
  it.each(['SALE', 'LOUI', 'WINTER'])(
    'has exactly as many distinct codes as it counts, all valid and unambiguous (prefix %s)',
    (prefix) => {
      const shape = { length: 8, prefix }
      const bodyLength = bodyLengthOf(shape)
      const codes = new Set<string>()
      for (let value = 0; value < 32 ** bodyLength; value += 1) {
        for (let ending = 0; ending < ENDING_COUNT; ending += 1) {
          const code = buildCode(prefix, writeSymbols(value, bodyLength), ending)
          codes.add(code)
          if (!hasValidCheckSymbol(code) || /[ILOU]/.test(code.slice(prefix.length))) {
            expect.fail(code)
          }
        }
      }
      expect(BigInt(codes.size)).toBe(countPossibleCodes(shape))
    },
  )

  it('is empty when the prefix leaves no room for a free and a check symbol', () => {
    expect(countPossibleCodes({ length: 8, prefix: 'SUMMERS' })).toBe(0n)
  })
})
