import { accountOf, countUsed, type Ledger, limitOf } from './ledger.ts'
import type { BudgetSource } from './rate-budget.ts'
import type { RateWindow, WindowName } from './rate-limits.ts'

/** How much of a key's budget is used. */
export interface RateBudgetState {
  /** `shared`: all processes of the key together. `local`: this process, on its share or alone. */
  readonly source: BudgetSource
  /** The upstream wants no calls for so long; 0 when it takes them. */
  readonly pausedForMs: number
  /** One for each window that has a limit, shortest first. */
  readonly windows: readonly RateWindowState[]
}

export interface RateWindowState {
  readonly window: WindowName
  readonly limit: number
  /** Calls made in the window that ends now, or under way. */
  readonly used: number
  readonly remaining: number
  /** Until nothing is used any more, if no call is made. */
  readonly resetMs: number
}

export function describeWindows(
  ledger: Ledger,
  windows: readonly RateWindow[],
  nowMs: number,
): RateWindowState[] {
  return windows.map((window) => {
    const { used, foreign } = accountOf(ledger, window.name)
    const limit = limitOf(ledger, window, nowMs)
    const { total } = countUsed(ledger, window, nowMs)
    return {
      window: window.name,
      limit,
      used: Math.min(limit, total),
      remaining: Math.max(0, limit - total),
      resetMs: Math.max(0, foreign.untilMs - nowMs, (used.at(-1)?.freeAtMs ?? nowMs) - nowMs),
    }
  })
}
