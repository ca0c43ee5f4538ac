import { type Clock, MAX_TIMER_MS } from '../clock.ts'

/** Runs exchanges one at a time, each as soon as somebody needs it. */
export interface ExchangeSchedule {
  /** Sees to it that one is run within `delayMs`. What is asked for in one turn, or while one runs, is one. */
  runWithin(delayMs: number): void
  /** Runs one as soon as none is running. */
  runNow(): Promise<void>
  /** Lets none begin for so long, but by `runNow`. */
  holdOffFor(durationMs: number): void
  stop(): void
}

/** @param exchange plans the next one itself; it must not reject */
export function scheduleExchanges(clock: Clock, exchange: () => Promise<void>): ExchangeSchedule {
  let running: Promise<void> | null = null
  let isQueued = false
  let isStopped = false
  let notBeforeMs = 0
  let timer: { readonly atMs: number; readonly stop: () => void } | null = null

  function run(): Promise<void> {
    timer?.stop()
    timer = null
    const done = exchange().finally(() => {
      if (running === done) running = null
    })
    running = done
    return done
  }

  function runQueued(): void {
    isQueued = true
    if (running !== null) {
      void running.then(runQueued)
      return
    }
    isQueued = false
    if (!isStopped) void run()
  }

  return {
    runWithin(delayMs) {
      if (isQueued || isStopped || delayMs === Number.POSITIVE_INFINITY) return
      const nowMs = clock.monotonicMs()
      const atMs = Math.max(notBeforeMs, nowMs + Math.min(delayMs, MAX_TIMER_MS))
      if (timer !== null && timer.atMs <= atMs) return
      timer?.stop()
      timer = null
      if (atMs > nowMs) {
        timer = { atMs, stop: clock.startTimer(atMs - nowMs, runQueued) }
        return
      }
      isQueued = true
      queueMicrotask(runQueued)
    },
    async runNow() {
      while (running !== null) await running
      await run()
    },
    holdOffFor(durationMs) {
      notBeforeMs = clock.monotonicMs() + durationMs
    },
    stop() {
      isStopped = true
      timer?.stop()
    },
  }
}
