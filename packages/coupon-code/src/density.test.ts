import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  CodeSpaceTooDenseError,
  type CodeSupply,
  findShortestSparseLength,
  requireSparseSpace,
} from './density.ts'

const counts = fc.oneof(
  fc.maxSafeNat().filter((count) => count > 0),
  // Sizes near the borders, which are products of 27 and a power of two.
  fc
    .tuple(fc.integer({ min: 0, max: 48 }), fc.constantFrom(1, 27), fc.integer({ min: -1, max: 1 }))
    .map(([power, factor, offset]) => 2 ** power * factor + offset)
    .filter((count) => count > 0 && Number.isSafeInteger(count)),
)
const prefixes = fc.string({ unit: fc.constantFrom(...'ABIO019Z'), maxLength: 18 })
const lengths = fc.integer({ min: 8, max: 16 })

describe('requireSparseSpace', () => {
  it('passes exactly when there are 2^20 possible codes for each', () => {
    fc.assert(
      fc.property(counts, lengths, prefixes, (count, length, prefix) => {
        expect(isRefused({ count, length, prefix })).toBe(!isSparse({ count, length, prefix }))
      }),
    )
  })

  it('passes the largest sparse count, and refuses one more', () => {
    fc.assert(
      fc.property(lengths, prefixes, (length, prefix) => {
        const most = countPossible(length, prefix) >> 20n
        if (most > BigInt(Number.MAX_SAFE_INTEGER - 1)) return
        if (most > 0n) expect(isRefused({ count: Number(most), length, prefix })).toBe(false)
        expect(isRefused({ count: Number(most) + 1, length, prefix })).toBe(true)
      }),
    )
  })

  it('says the shortest length that would do', () => {
    expect(() => requireSparseSpace({ count: 1_000_000, length: 9 })).toThrow(
      'count must be at most 884736 for codes of length 9 with the prefix "" (one possible code in 2^20), got 1000000; the shortest length that would do is 10',
    )
    expect(() => requireSparseSpace({ count: 1_000_000, length: 10 })).not.toThrow()
  })

  it('says that no length would do', () => {
    expect(() => requireSparseSpace({ count: 1, length: 16, prefix: 'SUMMERSALES' })).toThrow(
      'no length up to 16 would do, take a shorter prefix or fewer codes',
    )
  })

  it.each([
    [{ count: 0, length: 8 }, 'count must be an integer from 1 to 9007199254740991, got 0'],
    [{ count: 1.5, length: 8 }, 'count must be an integer from 1 to 9007199254740991, got 1.5'],
    [{ count: 1, length: 7 }, 'length must be an integer from 8 to 16, got 7'],
    [{ count: 1, length: 8, prefix: 'é' }, 'prefix must be letters A-Z and digits, got "é"'],
  ])('refuses %j', (supply, message) => {
    expect(() => requireSparseSpace(supply)).toThrow(new RangeError(message))
  })
})

describe('findShortestSparseLength', () => {
  it('gives the first length that requireSparseSpace accepts, or none', () => {
    fc.assert(
      fc.property(counts, prefixes, (count, prefix) => {
        const sparse = [8, 9, 10, 11, 12, 13, 14, 15, 16].filter((length) =>
          isSparse({ count, length, prefix }),
        )
        expect(findShortestSparseLength({ count, prefix })).toBe(sparse[0])
      }),
    )
  })

  it.each([
    [{ count: -1 }, 'count must be an integer from 1 to 9007199254740991, got -1'],
    [{ count: 1, prefix: 'sale' }, 'prefix must be letters A-Z and digits, got "sale"'],
  ])('refuses %j', (supply, message) => {
    expect(() => findShortestSparseLength(supply)).toThrow(new RangeError(message))
  })
})

function isSparse({ count, length, prefix = '' }: CodeSupply): boolean {
  return BigInt(count) * 2n ** 20n <= countPossible(length, prefix)
}

/** 32 choices for each symbol behind the prefix, save the last two: 27 choices for both together. */
function countPossible(length: number, prefix: string): bigint {
  const free = length - prefix.length - 2
  return free < 0 ? 0n : 27n * 32n ** BigInt(free)
}

function isRefused(supply: CodeSupply): boolean {
  try {
    requireSparseSpace(supply)
    return false
  } catch (error) {
    expect(error).toBeInstanceOf(CodeSpaceTooDenseError)
    return true
  }
}
