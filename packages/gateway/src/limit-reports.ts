import { createWindowCounters } from './budgets/window-counters.ts'

/** The limits that are reported: those of the budgets, and those of one operation. */
export const REPORTED_LIMITS = [
  'caller',
  'address',
  'prefix',
  'requests',
  'depth',
  'root-fields',
  'writes',
  'calls',
  'values',
] as const

/** Something went past a limit. */
export interface ExceededLimit {
  readonly limit: (typeof REPORTED_LIMITS)[number]
  /** Whose: the id of a key, a network, the first symbols of codes; of an operation's limits nobody's. */
  readonly subject?: string
  /** Whether it was refused for that, or only measured. */
  readonly isEnforced: boolean
}

/** Where what goes past a limit is told to the operator. */
export interface LimitReports {
  exceeded(what: ExceededLimit): void
}

export interface LimitReportsOptions {
  readonly log: (details: ExceededLimit, message: string) => void
  /** Counts each of them, for metrics. */
  readonly count?: (what: ExceededLimit) => void
  readonly now?: () => number
}

/** Counts every excess, and logs the first one of a minute for each subject: an attack must not fill the log. */
export function createLimitReports({
  log,
  count = () => {},
  now = Date.now,
}: LimitReportsOptions): LimitReports {
  const logged = createWindowCounters({ now })
  return {
    exceeded(what) {
      count(what)
      if (logged.add(`${what.limit} ${what.subject ?? ''}`, 1) > 1) return
      log(what, what.isEnforced ? 'a limit was met' : 'a limit would have been met')
    },
  }
}
