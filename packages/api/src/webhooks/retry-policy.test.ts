import { describe, expect, it } from 'vitest'
import { decideRetry, GIVE_UP_AFTER_MS } from './retry-policy.ts'

/** Fails until the event is given up, on a clock of its own, and answers with the moments of all attempts. */
function failUntilDead(random: () => number): number[] {
  const attemptsMs = [0]
  for (let nowMs = 0, failures = 1; ; failures += 1) {
    const decision = decideRetry(failures, nowMs, random())
    if (decision.kind === 'dead') return attemptsMs
    nowMs += decision.delayMs
    attemptsMs.push(nowMs)
  }
}

describe('decideRetry', () => {
  it('doubles its delays from 5 seconds to 4 hours, and leaves half of each to chance', () => {
    const delay = (failures: number, random: number) => {
      const decision = decideRetry(failures, 0, random)
      return decision.kind === 'retry' && decision.delayMs
    }
    expect([1, 2, 3, 11, 13, 40, 5_000].map((failures) => delay(failures, 0))).toEqual([
      2_500, 5_000, 10_000, 2_560_000, 7_200_000, 7_200_000, 7_200_000,
    ])
    expect([1, 2, 13].map((failures) => delay(failures, 0.999_999))).toEqual([
      5_000, 10_000, 14_399_993,
    ])
  })

  it.each([
    ['shortest', 0, 23],
    ['longest', 0.999_999, 17],
  ])('tries for a day and not longer, with the %s delays', (_name, random, attempts) => {
    const attemptsMs = failUntilDead(() => random)
    expect(attemptsMs).toHaveLength(attempts)
    expect(attemptsMs.at(-1)).toBeLessThanOrEqual(GIVE_UP_AFTER_MS)
    expect(attemptsMs.at(-1)).toBeGreaterThan(GIVE_UP_AFTER_MS * 0.8)
  })

  it('does not bring together again what failed together', () => {
    const seconds = Array.from({ length: 1_000 }, () => {
      const decision = decideRetry(8, 0, Math.random())
      return decision.kind === 'retry' ? Math.floor(decision.delayMs / 1_000) : -1
    })
    const busiest = Math.max(...seconds.map((it) => seconds.filter((other) => other === it).length))
    // 1,000 over 320 s are 3 a second.
    expect(busiest).toBeLessThan(20)
  })
})
