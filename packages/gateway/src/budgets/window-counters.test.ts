import { describe, expect, it } from 'vitest'
import { createWindowCounters, WINDOW_MS } from './window-counters.ts'

function makeCounters(maxWindows?: number) {
  const clock = { nowMs: 1_000_000 }
  const counters = createWindowCounters({
    now: () => clock.nowMs,
    ...(maxWindows === undefined ? {} : { maxWindows }),
  })
  return { clock, counters }
}

describe('a window', () => {
  it('counts from the first use for a minute, and begins anew with the next', () => {
    const { clock, counters } = makeCounters()
    expect([counters.used('a'), counters.msLeft('a')]).toEqual([0, WINDOW_MS])
    expect(counters.add('a', 2)).toBe(2)
    clock.nowMs += WINDOW_MS - 1
    expect(counters.add('a', 3)).toBe(5)
    expect(counters.msLeft('a')).toBe(1)
    clock.nowMs += 1
    expect([counters.used('a'), counters.msLeft('a')]).toEqual([0, WINDOW_MS])
    expect(counters.add('a', 1)).toBe(1)
  })

  it('is its subject’s own', () => {
    const { counters } = makeCounters()
    counters.add('a', 2)
    expect(counters.used('b')).toBe(0)
  })
})

describe('a flood of subjects', () => {
  it('is kept in a bounded number of windows', () => {
    const { counters } = makeCounters(100)
    for (let index = 0; index < 10_000; index += 1) counters.add(`network ${index}`, 1)
    expect(counters.used('network 0')).toBe(0)
    expect(counters.used('network 9999')).toBe(1)
  })

  it('does not push out a subject that goes on meanwhile', () => {
    const { counters } = makeCounters(100)
    for (let index = 0; index < 10_000; index += 1) {
      counters.add(`network ${index}`, 1)
      if (index % 50 === 0) counters.add('guesser', 1)
    }
    expect(counters.used('guesser')).toBe(200)
  })
})
