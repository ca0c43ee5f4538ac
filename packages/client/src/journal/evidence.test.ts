import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Scales, weighCount } from './evidence.ts'

const scales = (changes: Partial<Scales>): Scales => ({
  expected: 3,
  counted: 3,
  pending: 1,
  uncertain: 0,
  isSoleWriter: true,
  ...changes,
})

describe('weighCount', () => {
  it.each<[string, Partial<Scales>]>([
    ['NONE', { counted: 3 }],
    ['NONE', { counted: 3, uncertain: 2 }],
    ['NONE', { counted: 3, isSoleWriter: false }],
    ['ALL', { counted: 4 }],
    ['ALL', { counted: 6, pending: 2, uncertain: 1 }],
    ['SOME', { counted: 4, pending: 2 }],
    ['UNSETTLED', { counted: 4, uncertain: 1 }],
    ['FOREIGN', { counted: 5 }],
    ['FOREIGN', { counted: 4, isSoleWriter: false }],
    ['REPLACED', { counted: 2 }],
    ['UNREADABLE', { counted: null }],
  ])('is %s for %j', (weight, changes) => {
    expect(weighCount(scales(changes))).toBe(weight)
  })

  it('says ALL or NONE only where no other number of effects fits the count', () => {
    const few = fc.nat(4)
    fc.assert(
      fc.property(few, few, few, few, (expected, added, pending, uncertain) => {
        const weight = weighCount(
          scales({ expected, counted: expected + added, pending, uncertain }),
        )
        const fitting = Array.from({ length: pending + 1 }, (_, effects) => effects).filter(
          (effects) => effects <= added && added - effects <= uncertain,
        )
        if (weight === 'ALL') expect(fitting).toEqual([pending])
        if (weight === 'NONE') expect(fitting).toEqual([0])
        if (weight === 'FOREIGN') expect(fitting).toEqual([])
      }),
    )
  })
})
