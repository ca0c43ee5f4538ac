import { existsSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { watchCpu } from './cpu-watch.ts'

describe('the CPU of a process', () => {
  beforeEach(() => void vi.useFakeTimers({ now: 0 }))
  afterEach(() => void vi.useRealTimers())

  it('is what it used of one core, between samples and on average', () => {
    let ticks = 1_000
    const watch = watchCpu({ api: () => 7 }, () => ticks)
    ticks += 25
    vi.advanceTimersByTime(500)
    ticks += 50
    vi.advanceTimersByTime(500)
    expect(watch.stop()).toEqual([
      {
        name: 'api',
        meanPercent: 75,
        samples: [
          { at: 500, percent: 50 },
          { at: 1_000, percent: 100 },
        ],
      },
    ])
  })

  it('goes on with the process that took its place', () => {
    let pid: number | undefined = 7
    const ticksOf: Record<number, number> = { 7: 5_000, 8: 20 }
    const watch = watchCpu({ api: () => pid }, (it) => ticksOf[it])
    vi.advanceTimersByTime(500)
    pid = undefined
    vi.advanceTimersByTime(500)
    pid = 8
    vi.advanceTimersByTime(500)
    ticksOf[8] = 45
    vi.advanceTimersByTime(500)
    expect(watch.stop()[0]?.samples.map(({ percent }) => percent)).toEqual([0, 50])
  })

  it('of one that was never there is left out', () => {
    const watch = watchCpu({ api: () => undefined }, () => 1)
    vi.advanceTimersByTime(1_000)
    expect(watch.stop()).toEqual([])
  })
})

it.runIf(existsSync('/proc/self/stat'))('is read from the system for a real process', async () => {
  const watch = watchCpu({ self: () => process.pid })
  const used = process.cpuUsage()
  let spun = 0
  while (process.cpuUsage(used).user < 100_000) spun += Math.sqrt(spun)
  await new Promise((resolve) => setTimeout(resolve, 10))
  const [self] = watch.stop()
  expect(self?.meanPercent).toBeGreaterThan(0)
})
