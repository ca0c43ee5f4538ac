import { describe, expect, it } from 'vitest'
import { median } from './median.ts'
import { isMet } from './run-benchmark.ts'

describe('median', () => {
  it.each([
    [[3], 3],
    [[1, 2], 1.5],
    [[9, 1, 2], 2],
    [[1, 2, 3, 100], 2.5],
  ])('of %j is %d', (values, middle) => {
    expect(median(values)).toBe(middle)
  })

  it('of nothing is an error', () => {
    expect(() => median([])).toThrow('no values')
  })
})

describe('a goal', () => {
  it.each([
    [25, '>= 25', true],
    [24.9, '>= 25', false],
    [1.3, '<= 1.3', true],
    [1.31, '<= 1.3', false],
  ] as const)('%d meets %j: %s', (value, goal, met) => {
    expect(isMet(value, goal)).toBe(met)
  })
})
