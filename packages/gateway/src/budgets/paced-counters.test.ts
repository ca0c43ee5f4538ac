import { expect, it } from 'vitest'
import { createPacedCounters } from './paced-counters.ts'

function makeCounters(perMinute: number) {
  const clock = { nowMs: 1_000_000 }
  const counters = createPacedCounters(perMinute, () => clock.nowMs)
  return { clock, counters }
}

/** Takes one after the other until the subject would have to wait. */
function takeAll({ counters }: ReturnType<typeof makeCounters>, subject: string) {
  let taken = 0
  for (; counters.msToWait(subject) === 0; taken += 1) counters.take(subject, 1)
  return taken
}

it('of 3000 a minute 50 may be used at once, and then 50 a second', () => {
  const made = makeCounters(3_000)
  expect(takeAll(made, 'a')).toBe(50)
  made.clock.nowMs += 500
  expect(takeAll(made, 'a')).toBe(25)
  made.clock.nowMs += 60_000
  expect(takeAll(made, 'a')).toBe(50)
})

it('of a few a minute 20 may be used at once', () => {
  const made = makeCounters(6)
  expect(takeAll(made, 'a')).toBe(20)
  expect(made.counters.msToWait('a')).toBe(10_000)
})

it('a debt is waited for, and does not grow by waiting', () => {
  const { clock, counters } = makeCounters(60)
  counters.take('a', 50)
  expect(counters.msToWait('a')).toBe(31_000)
  clock.nowMs += 30_000
  expect(counters.msToWait('a')).toBe(1_000)
  clock.nowMs += 1_000
  expect(counters.msToWait('a')).toBe(0)
})

it('what one uses is not another’s', () => {
  const made = makeCounters(60)
  takeAll(made, 'a')
  expect(made.counters.msToWait('b')).toBe(0)
})
