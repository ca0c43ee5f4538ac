import type { LimitReports } from '../limit-reports.ts'
import type { AbuseBudgets } from './abuse-budgets.ts'
import { createWindowCounters } from './window-counters.ts'

/**
 * What a request costs that is refused before it is run, its arrival included. It makes as much work as an honest one
 * and is worth nothing, so a flood of them is cut off after a fifth.
 */
const REFUSED_REQUEST_COST = 5
const REQUEST_COST = 1

/** Counts the requests of each address, for what costs no upstream call: documents that are refused, or ask nothing. */
export interface RequestBudget {
  /** Takes one request. @returns milliseconds to wait when there is none left, and the request is not to be read */
  admit(network: string): number | undefined
  /** Milliseconds to wait when there is none left; takes nothing. */
  waitOf(network: string): number | undefined
  /** Takes more for a request that was refused. */
  chargeRefusal(network: string): void
}

export function createRequestBudget(
  { mode, addressRequestsPerMinute }: AbuseBudgets,
  reports: LimitReports,
  now: () => number = Date.now,
): RequestBudget {
  const windows = createWindowCounters({ now })
  const isEnforced = mode === 'enforce'

  function waitOf(network: string): number | undefined {
    if (mode === 'off' || windows.used(network) < addressRequestsPerMinute) return undefined
    reports.exceeded({ limit: 'requests', subject: network, isEnforced })
    return isEnforced ? windows.msLeft(network) : undefined
  }

  return {
    waitOf,
    admit(network) {
      const waitMs = waitOf(network)
      if (mode !== 'off' && waitMs === undefined) windows.add(network, REQUEST_COST)
      return waitMs
    },
    chargeRefusal(network) {
      if (mode !== 'off') windows.add(network, REFUSED_REQUEST_COST - REQUEST_COST)
    },
  }
}
