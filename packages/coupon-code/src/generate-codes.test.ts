import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { hasValidCheckSymbol } from './check-symbol.ts'
import { CodeSpaceTooDenseError } from './density.ts'
import { generateCouponCodes } from './generate-codes.ts'
import type { CouponCode } from './parse.ts'

/** Fixed, so that what is counted below is the same in every run. */
const KEY = createHash('sha256').update('a key for tests').digest()

describe('generateCouponCodes', () => {
  it('streams a million distinct codes, each with its check symbol, evenly over the symbols', () => {
    const count = 1_000_000
    const length = 10
    const codes = new Set<string>()
    const uses = Array.from({ length: length - 2 }, () => new Map<string, number>())
    for (const code of generateCouponCodes({ count, length, key: KEY })) {
      codes.add(code)
      if (!hasValidCheckSymbol(code)) expect.fail(code)
      for (const [at, used] of uses.entries()) {
        const symbol = code.charAt(at)
        used.set(symbol, (used.get(symbol) ?? 0) + 1)
      }
    }
    expect(codes.size).toBe(count)
    for (const used of uses) {
      expect(used.size).toBe(32)
      // Six standard deviations around a 32nd.
      for (const times of used.values()) expect(Math.abs(times - count / 32)).toBeLessThan(1044)
    }
  }, 120_000)

  it('begins each code with the prefix, and draws other codes for another prefix or length', () => {
    const sale = [...generateCouponCodes({ count: 500, length: 13, prefix: 'SALE', key: KEY })]
    const shop = [...generateCouponCodes({ count: 500, length: 13, prefix: 'SHOP', key: KEY })]
    const longer = [...generateCouponCodes({ count: 500, length: 14, prefix: 'SALE', key: KEY })]
    expect(sale.every((code) => code.startsWith('SALE') && code.length === 13)).toBe(true)
    const bodies = [...sale, ...shop, ...longer].map((code) => code.slice(4, 11))
    expect(new Set(bodies).size).toBe(1500)
  })

  it('goes on from any position with the same key, and grows by a larger count', () => {
    const stream = { length: 12, key: KEY }
    const all = [...generateCouponCodes({ ...stream, count: 3000 })]
    fc.assert(
      fc.property(fc.nat(2999), fc.nat(3000), (position, extra) => {
        const count = Math.max(position, extra, 1)
        expect([...generateCouponCodes({ ...stream, count, position })]).toEqual(
          all.slice(position, count),
        )
      }),
      { numRuns: 20 },
    )
  })

  it('gives a stored key the same codes in every version of this package', () => {
    expect([...generateCouponCodes({ count: 3, length: 12, prefix: 'SALE', key: KEY })]).toEqual([
      'SALE3YEPNT8C',
      'SALEXGBZ9RR6',
      'SALEKX8E04QX',
    ])
    expect([...generateCouponCodes({ count: 3, length: 9, key: KEY })]).toEqual([
      '4TV9NC97R',
      'TJ15HABSE',
      'GR3RW9HW1',
    ])
    const farOn = { count: 10 ** 15, position: 10 ** 15 - 2, length: 16, key: KEY }
    expect([...generateCouponCodes(farOn)]).toEqual(['CY7H1CJJDQ4FTP1H', 'KJM936ESBJGPRS8J'])
  })

  it('takes a fresh key when none is given', () => {
    const [first] = generateCouponCodes({ count: 1, length: 16 })
    const [second] = generateCouponCodes({ count: 1, length: 16 })
    expect(first).not.toBe(second)
  })

  it('refuses at once, before the first code is asked for', () => {
    expect(() => generateCouponCodes({ count: 1_000_000, length: 9 })).toThrow(
      CodeSpaceTooDenseError,
    )
  })

  it.each([
    [{ count: 0, length: 8 }, 'count must be an integer from 1 to 9007199254740991, got 0'],
    [{ count: 5, length: 7 }, 'length must be an integer from 8 to 16, got 7'],
    [{ count: 5, length: 8, position: 6 }, 'position must be an integer from 0 to 5, got 6'],
    [{ count: 5, length: 8, position: -1 }, 'position must be an integer from 0 to 5, got -1'],
    [{ count: 5, length: 8, prefix: 'a' }, 'prefix must be letters A-Z and digits, got "a"'],
    [{ count: 5, length: 8, key: Buffer.alloc(16) }, 'key must be 32 bytes, got 16 bytes'],
  ])('refuses %j', (options, message) => {
    expect(() => generateCouponCodes(options)).toThrow(new RangeError(message))
  })

  it('yields codes by type', () => {
    expectTypeOf(generateCouponCodes).returns.toExtend<Iterable<CouponCode>>()
  })
})
