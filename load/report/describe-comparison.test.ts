import { expect, it } from 'vitest'
import { describeComparison } from './describe-comparison.ts'
import { makeRecord } from './made-up-record.ts'

const first = makeRecord({ name: 'one' })

it('lays figures side by side, and calls better or worse only what is more than noise', () => {
  const second = makeRecord({ name: 'other', durationMs: 1_000 })
  const text = describeComparison(first, second)
  expect(text).toMatch(/^ {2}A {2}PASS .*one$/m)
  expect(text).toMatch(/^ {2}grants +50 \/s +100 \/s +2\.00 {2}better$/m)
  expect(text).toMatch(/^ {2}redeem, granted: p99 +20 ms +20 ms +1\.00$/m)
  expect(text).toContain('All conditions are the same')
})

it('names every condition that is not the same', () => {
  const second = makeRecord({ seed: 8, conditions: { commit: 'def5678', k6: '1.8.1' } })
  const text = describeComparison(first, second)
  for (const line of [
    ...['seed: 7 | 8', 'commit: abc1234 | def5678'],
    ...['machine: 2 × CPU | not said', 'k6: not said | 1.8.1'],
  ]) {
    expect(text).toContain(line)
  }
})

it('shows what only one of them has', () => {
  const text = describeComparison(first, makeRecord({ outcomes: [], cpu: [] }))
  expect(text).toMatch(/^ {2}redeem, granted: p50 +5 ms +–$/m)
  expect(text).toMatch(/^ {2}CPU of gateway +61 % +–$/m)
})
