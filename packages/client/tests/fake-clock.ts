import type { Clock } from '../src/index.ts'

/** A clock that stands still until it is told to go on. Sleeping takes no time: the clock jumps to its end. */
export interface FakeClock extends Clock {
  /** The pauses that were slept, in milliseconds. */
  readonly sleptMs: number[]
  /** Called when somebody falls asleep. */
  onSleep: () => void
  advance(durationMs: number): void
}

export function createFakeClock(): FakeClock {
  let nowMs = 0
  const timers = new Set<{ readonly atMs: number; readonly callback: () => void }>()
  const clock: FakeClock = {
    sleptMs: [],
    onSleep: () => {},
    monotonicMs: () => nowMs,
    epochMs: () => Date.UTC(2026, 0, 1) + nowMs,
    startTimer(delayMs, callback) {
      const timer = { atMs: nowMs + delayMs, callback }
      timers.add(timer)
      return () => timers.delete(timer)
    },
    async sleep(delayMs, signal) {
      if (signal?.aborted) return
      clock.sleptMs.push(delayMs)
      clock.onSleep()
      if (!signal?.aborted) clock.advance(delayMs)
    },
    advance(durationMs) {
      nowMs += durationMs
      for (const timer of timers) {
        if (timer.atMs > nowMs) continue
        timers.delete(timer)
        timer.callback()
      }
    },
  }
  return clock
}
