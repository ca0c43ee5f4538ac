import { describe, expect, it } from 'vitest'
import { createFakeClock } from '../tests/fake-clock.ts'
import { type BreakerState, createCircuitBreaker, type Health } from './circuit-breaker.ts'

function openBreaker() {
  const clock = createFakeClock()
  const states: BreakerState[] = []
  const onChange = (state: BreakerState) => void states.push(state)
  const breaker = createCircuitBreaker({ clock, random: () => 1, onChange })
  const report = (health: Health, times = 1) => {
    for (let count = 0; count < times; count += 1) breaker.tryPass()?.(health)
  }
  return { clock, states, breaker, report }
}

describe('createCircuitBreaker', () => {
  it('opens when half of enough attempts fail, and not after fewer', () => {
    const { breaker, report } = openBreaker()
    for (let count = 0; count < 9; count += 1) {
      report('failing')
      report('alive')
    }
    report('failing')
    expect(breaker.state).toBe('closed')
    report('failing')
    expect(breaker.state).toBe('open')
    expect(breaker.tryPass()).toBe(null)
  })

  it('opens after 20 failures in a row, however much was answered before', () => {
    const { breaker, report } = openBreaker()
    report('alive', 10_000)
    report('failing', 19)
    expect(breaker.state).toBe('closed')
    report('failing')
    expect(breaker.state).toBe('open')
  })

  it('forgets failures of an earlier period', () => {
    const { clock, breaker, report } = openBreaker()
    report('failing', 19)
    clock.advance(10_000)
    report('failing')
    expect(breaker.state).toBe('closed')
  })

  it('lets one probe pass when half open, and closes by its answer', () => {
    const { clock, states, breaker, report } = openBreaker()
    report('failing', 20)
    expect(breaker.msUntilTry()).toBe(500)
    clock.advance(500)
    const endProbe = breaker.tryPass()
    expect(breaker.tryPass()).toBe(null)
    endProbe?.('alive')
    expect(states).toEqual(['open', 'half-open', 'closed'])
    expect(breaker.tryPass()).not.toBe(null)
  })

  it('waits twice as long after each probe that fails, at most 5 s', () => {
    const { clock, breaker, report } = openBreaker()
    report('failing', 20)
    const waits = [1, 2, 3, 4, 5, 6].map(() => {
      clock.advance(breaker.msUntilTry())
      report('failing')
      return breaker.msUntilTry()
    })
    expect(waits).toEqual([1_000, 2_000, 4_000, 5_000, 5_000, 5_000])
  })

  it('gives the probe to another when it proved nothing', () => {
    const { clock, breaker, report } = openBreaker()
    report('failing', 20)
    clock.advance(500)
    report('neutral')
    expect(breaker.tryPass()).not.toBe(null)
  })
})
