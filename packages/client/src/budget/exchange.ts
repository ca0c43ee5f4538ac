import type { CallCounts } from './call-counts.ts'
import { type Demand, type GrantRules, grantTokens } from './grant.ts'
import { countUsed, endCalls, forgetPast, type Ledger, limitOf, mapAccounts } from './ledger.ts'
import type { WindowObservation } from './rate-limit-headers.ts'

/** What one process tells the ledger, and asks of it. */
export interface ExchangeRequest extends Demand {
  /** Names the process. */
  readonly holder: string
  /** Counts the exchanges of the process, so that one that was overtaken has no effect. */
  readonly sequence: number
  /** After which the ledger takes its tokens for used, if it is not heard of again. */
  readonly leaseMs: number
  /** Tokens that it has now, in its hand or in use. What it had before and is not among them was given back or ended. */
  readonly holding: CallCounts
  /** Attempts that were sent and have ended since its last exchange. */
  readonly ended: CallCounts
  /** The upstream wants no calls for so long. */
  readonly pauseMs: number
  readonly observations: readonly WindowObservation[]
}

export interface ExchangeReply {
  readonly granted: CallCounts
  /** The account after the exchange, and the store's time of it. */
  readonly ledger: Ledger
  readonly nowMs: number
}

/** Settles what a process used, and hands out what it wants as far as the windows allow. */
export function exchangeTokens(
  before: Ledger,
  rules: GrantRules,
  request: ExchangeRequest,
  nowMs: number,
): ExchangeReply {
  const { holder, sequence, leaseMs, holding, ended } = request
  const { windows } = rules
  const current = forgetPast(before, windows, nowMs)
  if ((current.holders[holder]?.sequence ?? 0) >= sequence) {
    return { granted: { read: 0, write: 0 }, ledger: current, nowMs }
  }

  const hold = (ledger: Ledger, tokens: CallCounts): Ledger => ({
    ...ledger,
    holders: {
      ...ledger.holders,
      [holder]: { tokens, expiresAtMs: nowMs + leaseMs, sequence },
    },
  })
  let ledger = hold(endCalls(current, windows, ended, nowMs), holding)
  ledger = { ...ledger, pausedUntilMs: Math.max(ledger.pausedUntilMs, nowMs + request.pauseMs) }
  for (const observation of request.observations) {
    ledger = believe(ledger, rules, observation, nowMs)
  }
  const { ledger: after, granted } = grantTokens(ledger, rules, request, nowMs)
  const tokens = { read: holding.read + granted.read, write: holding.write + granted.write }
  return { granted, ledger: hold(after, tokens), nowMs }
}

/**
 * Takes the upstream's own count of one of the windows into account: what it counted and we did not were calls
 * of somebody else with the same key. Never the other way round: where it counted less, ours holds. Its window may
 * have begun later than ours, so some calls of others go unseen: a 429 shows them.
 */
function believe(
  ledger: Ledger,
  { windows }: GrantRules,
  { durationMs, limit, remaining, resetMs }: WindowObservation,
  nowMs: number,
): Ledger {
  const seen = windows.filter((window) =>
    durationMs === null ? window.limit === limit : window.durationMs === durationMs,
  )
  return mapAccounts(ledger, seen, (account, window) => {
    const untilMs = nowMs + window.durationMs
    const told = limit !== null && limit < window.limit ? { limit, untilMs } : null
    if (remaining === null || resetMs === null) return { ...account, toldLimit: told }
    const theirLimit = limit ?? limitOf(ledger, window, nowMs)
    const { read, write } = countUsed(ledger, window, nowMs)
    const count = Math.max(0, theirLimit - remaining - (read + write))
    // Whatever unit the header is in: no window lasts longer than it lasts.
    const foreignUntilMs = nowMs + Math.min(resetMs, window.durationMs)
    return { ...account, toldLimit: told, foreign: { count, untilMs: foreignUntilMs } }
  })
}
