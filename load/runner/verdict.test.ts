import { expect, it } from 'vitest'
import { hasPassed } from './verdict.ts'

const right = { thresholdsHeld: true, differences: [], ended: [] }

it('a run in which nothing is wrong has passed', () => {
  expect(hasPassed(right)).toBe(true)
})

it.each([
  ['a threshold was crossed, whatever was settled afterwards', { thresholdsHeld: false }],
  ['something differs', { differences: [{ coupon: 'A', rule: 'a rule', found: 'a fault' }] }],
  ['a service ended', { ended: [{ name: 'api 1', code: 0, lastLines: [] }] }],
])('a run in which %s has not', (_what, wrong) => {
  expect(hasPassed({ ...right, ...wrong })).toBe(false)
})
