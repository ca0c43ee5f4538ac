import type { LimitReports } from '../limit-reports.ts'
import type { AbuseBudgets } from './abuse-budgets.ts'
import { createPacedCounters } from './paced-counters.ts'

/**
 * What a request costs that is refused before it is run, its arrival included. It makes more work than most honest ones,
 * and is worth nothing.
 */
const REFUSED_REQUEST_COST = 4
const REQUEST_COST = 1

/** Counts the requests of each address, for what costs no upstream call: documents that are refused, or ask nothing. */
export interface RequestBudget {
  /** Takes one request. @returns milliseconds to wait when there is none left, and the request is not to be read */
  admit(network: string): number | undefined
  /** Milliseconds to wait when there is none left; takes nothing. */
  waitOf(network: string): number | undefined
  /** Takes more for a request that was refused. */
  chargeRefusal(network: string): void
  /** Takes one for a token that is none. Honest ones expire: it weighs no more than its check. */
  chargeBadToken(network: string): void
}

export function createRequestBudget(
  { mode, addressRequestsPerMinute }: AbuseBudgets,
  reports: LimitReports,
  now: () => number = Date.now,
): RequestBudget {
  const counters = createPacedCounters(addressRequestsPerMinute, now)
  const isEnforced = mode === 'enforce'

  function waitOf(network: string): number | undefined {
    if (mode === 'off') return undefined
    const waitMs = counters.msToWait(network)
    if (waitMs === 0) return undefined
    reports.exceeded({ limit: 'requests', subject: network, isEnforced })
    return isEnforced ? waitMs : undefined
  }

  return {
    waitOf,
    admit(network) {
      const waitMs = waitOf(network)
      if (mode !== 'off' && waitMs === undefined) counters.take(network, REQUEST_COST)
      return waitMs
    },
    chargeRefusal(network) {
      if (mode !== 'off') counters.take(network, REFUSED_REQUEST_COST - REQUEST_COST)
    },
    chargeBadToken(network) {
      if (mode !== 'off') counters.take(network, REQUEST_COST)
    },
  }
}
