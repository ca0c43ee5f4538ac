import { describe, expect, it } from 'vitest'
import { systemClock } from './clock.ts'

const AN_HOUR_MS = 3_600_000

describe('systemClock', () => {
  it('wakes a sleeper when the time is over, signal or not', async () => {
    await systemClock.sleep(1, undefined)
    await systemClock.sleep(1, new AbortController().signal)
  })

  it('wakes a sleeper as soon as the signal fires', async () => {
    const caller = new AbortController()
    const sleep = systemClock.sleep(AN_HOUR_MS, caller.signal)
    caller.abort()
    await sleep
    await systemClock.sleep(AN_HOUR_MS, caller.signal)
  })

  it('does not call back for a stopped timer', async () => {
    const fired: string[] = []
    const stopTimer = systemClock.startTimer(1, () => fired.push('stopped'))
    stopTimer()
    await systemClock.sleep(5, undefined)
    expect(fired).toEqual([])
  })

  it('does not fire at once for a delay longer than timers can be', async () => {
    const fired: string[] = []
    const stopTimer = systemClock.startTimer(Number.POSITIVE_INFINITY, () => fired.push('long'))
    await systemClock.sleep(5, undefined)
    stopTimer()
    expect(fired).toEqual([])
  })
})
