import type { Clock } from '../clock.ts'
import { sumOf } from './call-counts.ts'
import type { RateBudget } from './rate-budget.ts'

/** The budget of a key without windows: there is always a token, but while the upstream refuses every call. */
export function openUnlimitedBudget(clock: Clock): RateBudget {
  let pausedUntilMs = 0
  let stopTimer: (() => void) | null = null
  const pausedForMs = () => Math.max(0, pausedUntilMs - clock.monotonicMs())

  const budget: RateBudget = {
    onChange: () => {},
    take: (kind) => (pausedForMs() > 0 ? null : { kind, from: kind }),
    putBack() {},
    spend() {},
    spendLate() {},
    ask(waiting) {
      if (stopTimer !== null || sumOf(waiting) === 0 || pausedForMs() === 0) return
      stopTimer = clock.startTimer(pausedForMs(), () => {
        stopTimer = null
        budget.onChange()
      })
    },
    refuse() {},
    msUntilToken: pausedForMs,
    pause(durationMs) {
      pausedUntilMs = Math.max(pausedUntilMs, clock.monotonicMs() + durationMs)
    },
    learn() {},
    read: async () => ({ source: 'local', pausedForMs: pausedForMs(), windows: [] }),
    async close() {
      stopTimer?.()
    },
  }
  return budget
}
