import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Permutation, permutePositions } from './code-permutation.ts'

const keys = fc.integer().map((seed) => createHash('sha256').update(`${seed}`).digest())

/** 32 × (3 × 32) positions: few enough to look at all of them. */
function smallPermutation(key: Uint8Array): Permutation {
  return { key, left: { factor: 1, powerOfTwo: 32 }, right: { factor: 3, powerOfTwo: 32 } }
}
const SMALL_SIZE = 32 * 96

describe('permutePositions', () => {
  it('takes all positions to all places, each once', () => {
    fc.assert(
      fc.property(keys, (key) => {
        const places = listPlaces(smallPermutation(key), 0, SMALL_SIZE)
        expect(places.toSorted((a, b) => a - b)).toEqual([...places.keys()])
      }),
      { numRuns: 20 },
    )
  })

  it('takes a position to the same place wherever the stream began', () => {
    fc.assert(
      fc.property(keys, fc.nat(SMALL_SIZE), fc.nat(SMALL_SIZE), (key, from, to) => {
        const all = listPlaces(smallPermutation(key), 0, SMALL_SIZE)
        expect(listPlaces(smallPermutation(key), from, to)).toEqual(all.slice(from, to))
      }),
      { numRuns: 20 },
    )
  })

  it('depends on every bit of the key', () => {
    const key = createHash('sha256').update('any').digest()
    const places = listPlaces(smallPermutation(key), 0, 100)
    for (let bit = 0; bit < 256; bit += 1) {
      const other = Buffer.from(key)
      other.writeUInt8(other.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3)
      expect(listPlaces(smallPermutation(other), 0, 100)).not.toEqual(places)
    }
  })
})

function listPlaces(permutation: Permutation, from: number, to: number): number[] {
  return [...permutePositions(permutation, from, to)].map(({ left, right }) => left + 32 * right)
}
