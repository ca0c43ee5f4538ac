import { describe, expect, it } from 'vitest'
import { redeemed, rejected, reserved } from '../tests/write-history.ts'
import { checkBoundedCounter } from './index.ts'

const TWO = { useLimit: 2, userLimit: 1 }

describe('a right history', () => {
  it.each([
    ['of nothing', []],
    ['of fewer grants than units', [redeemed([0, 1], 'a')]],
    [
      'with a rejection that returns as the last grant is called',
      [redeemed([0, 1], 'a'), redeemed([3, 4], 'b'), rejected([2, 3], 'EXHAUSTED')],
    ],
    [
      'with ordinals that only overlaps allow',
      [redeemed([1, 3], 'a', { ordinal: 1 }), redeemed([0, 1], 'b', { ordinal: 2 })],
    ],
    [
      'with ALL_HELD while all are held',
      [redeemed([0, 1], 'a'), reserved([0, 1], 'b'), rejected([2, 3], 'ALL_HELD')],
    ],
    [
      'with one rejection of a user and one for want of units, both true',
      [
        redeemed([0, 1], 'a', { userId: 'ann' }),
        redeemed([0, 1], 'b', { userId: 'bob' }),
        rejected([2, 3], 'EXHAUSTED', 'ann'),
        rejected([2, 3], 'ALREADY_REDEEMED_BY_USER', 'ann'),
      ],
    ],
  ])('%s', (_what, history) => {
    expect(checkBoundedCounter(history, TWO)).toEqual({ linearizable: true })
  })

  it('of 200,000 takes, in whatever order they were written down', () => {
    const history = Array.from({ length: 200_000 }, (_, index) =>
      index < 100_000
        ? redeemed([index, index + 500], `unit-${index}`, { ordinal: index + 1 })
        : rejected([index, index + 500], 'EXHAUSTED'),
    )
    const limits = { useLimit: 100_000, userLimit: 1 }
    expect(checkBoundedCounter(history, limits)).toEqual({ linearizable: true })
    expect(checkBoundedCounter(history.toReversed(), limits)).toEqual({ linearizable: true })
  })
})

describe('misuse', () => {
  it('an interval that ends before it begins is refused', () => {
    expect(() => checkBoundedCounter([redeemed([2, 1], 'a')], TWO)).toThrow(
      'an operation must return at or after its call',
    )
  })

  it('ordinals on some grants only are refused', () => {
    const history = [redeemed([0, 1], 'a', { ordinal: 1 }), redeemed([0, 1], 'b')]
    expect(() => checkBoundedCounter(history, TWO)).toThrow(
      'all grants must have an ordinal or none',
    )
  })

  it('a hold that may end before the history does is refused', () => {
    const history = [reserved([0, 1], 'a', { expiresAt: 5 }), redeemed([2, 5], 'b')]
    expect(() => checkBoundedCounter(history, TWO)).toThrow(
      'no hold may end before the history does',
    )
  })

  it('limits out of range are refused', () => {
    expect(() => checkBoundedCounter([], { useLimit: -1, userLimit: 1 })).toThrow(RangeError)
  })
})
