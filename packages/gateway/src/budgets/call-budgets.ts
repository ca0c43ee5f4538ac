import type { CouponCode } from '@coupon-gateway/coupon-code'
import type { Caller } from '../caller.ts'
import { gatewayError } from '../gateway-error.ts'
import type { LimitReports } from '../limit-reports.ts'
import { shareOf } from '../worker-share.ts'
import type { AbuseBudgets } from './abuse-budgets.ts'
import { type CallsUnderWay, createCallsUnderWay } from './calls-under-way.ts'
import { FAILED_GUESS_COST } from './failed-guess.ts'
import { createWindowCounters, type WindowCounters } from './window-counters.ts'

/** What {@link CallBudgets.charge} takes: budgets are counted in calls. */
export const CALL_COST = 1

/**
 * Symbols of a code's normal form that a guess at the rest is counted by: as many as campaigns begin their codes with,
 * and half of the shortest code.
 */
const PREFIX_LENGTH = 4

/**
 * Calls of a caller or an address that may be under way at the price of a call, as many as one operation may cause. Those
 * beyond are held to be failed guesses until they are answered: whoever sent all his guesses before the first answer would
 * get five times as many through.
 */
const CALLS_ON_TRUST = 50
/**
 * The same of a prefix: its calls are those of all customers of a campaign, and most are right. More than an upstream that
 * still answers in time has under way.
 */
const CALLS_OF_PREFIX_ON_TRUST = 1_000

/** Who asks. */
export interface Asker {
  readonly caller: Caller
  /** Where from, as `networkOf` tells; null for a caller who is known by a secret, and counted by nothing else. */
  readonly network: string | null
}

/** How much of a budget is used, in upstream calls of the current window. */
export interface BudgetState {
  readonly limit: number
  /** Never above the limit, although calls under way may have failed past it. */
  readonly used: number
  readonly remaining: number
  readonly resetAt: Date
}

/** The budgets of all callers, in this process. */
export interface CallBudgets {
  /**
   * Takes one upstream call from every budget that it falls to, or, when one of them has none left, from none.
   * @param code the code it asks about, if any
   * @throws GraphQLError RATE_LIMITED with `retryAfterMs`
   */
  charge(asker: Asker, code?: CouponCode): void
  /** Takes more for a call that was a failed guess. It was made already: this takes what is left and refuses nothing. */
  chargeFailedGuess(asker: Asker, code?: CouponCode): void
  /** Says that a call which was charged is over, whatever it came to. */
  end(asker: Asker, code?: CouponCode): void
  /**
   * Whether a request is to be read whose caller has no calls left: a few are, since `rateLimit` tells him. Who goes on
   * all the same makes work with nothing to come of it.
   * @returns milliseconds to wait when it is not
   */
  waitOfSpent(asker: Asker): number | undefined
  /** The caller's own budget. What is left of it is what every budget that he falls to leaves him. */
  read(asker: Asker): BudgetState
}

/** Requests in a window of who has no calls left. */
const MAX_REQUESTS_WHEN_SPENT = 10

interface Budget {
  readonly name: 'caller' | 'address' | 'prefix'
  readonly windows: WindowCounters
  readonly underWay: CallsUnderWay
  /** What a failed guess takes more than a call. */
  readonly guessCost: number
  /** Calls under way that are not held to be failed guesses. */
  readonly onTrust: number
  readonly isEnforced: boolean
  readonly message: string
}

/**
 * Counts the upstream calls of each caller, and, of those callers whose key or token everybody can have, those of each
 * address and the failed guesses at codes that begin alike. Charged where a call is made and not per request, so that
 * an alias or a list pays for each code it asks about.
 *
 * @param processes that serve together on one port: each keeps to its part of a caller's budget
 */
export function createCallBudgets(
  { mode, addressCallsPerMinute, prefixFailuresPerMinute }: AbuseBudgets,
  reports: LimitReports,
  now: () => number = Date.now,
  processes = 1,
): CallBudgets {
  const limitOf = ({ callsPerMinute }: Caller) => shareOf(callsPerMinute, processes)
  const isEnforced = mode === 'enforce'
  const callers: Budget = {
    name: 'caller',
    windows: createWindowCounters({ now }),
    underWay: createCallsUnderWay(),
    guessCost: FAILED_GUESS_COST - CALL_COST,
    onTrust: CALLS_ON_TRUST,
    isEnforced: true,
    message: 'This key has used up its calls of this minute.',
  }
  const addresses: Budget = {
    name: 'address',
    windows: createWindowCounters({ now }),
    underWay: createCallsUnderWay(),
    guessCost: FAILED_GUESS_COST - CALL_COST,
    onTrust: CALLS_ON_TRUST,
    isEnforced,
    message: 'This address has used up its calls of this minute.',
  }
  const prefixes: Budget = {
    name: 'prefix',
    windows: createWindowCounters({ now }),
    underWay: createCallsUnderWay(),
    guessCost: 1,
    onTrust: CALLS_OF_PREFIX_ON_TRUST,
    isEnforced,
    message: 'Too many codes that begin like this one were wrong in this minute.',
  }

  function refuseWhenSpent(budget: Budget, subject: string, limit: number): void {
    const { name, windows, underWay, guessCost, onTrust } = budget
    const held = guessCost * Math.max(0, underWay.count(subject) - onTrust)
    if (windows.used(subject) + held < limit) return
    reports.exceeded({ limit: name, subject, isEnforced: budget.isEnforced })
    if (!budget.isEnforced) return
    throw gatewayError('RATE_LIMITED', budget.message, {
      scope: 'CALLER',
      retryAfterMs: windows.msLeft(subject),
    })
  }

  /** The budgets that a call falls to whose caller can be anybody. */
  function eachGuarded(
    network: string,
    { caller }: Asker,
    code: CouponCode | undefined,
    act: (budget: Budget, subject: string) => void,
  ): void {
    act(callers, caller.id)
    act(addresses, network)
    if (code !== undefined) act(prefixes, prefixOf(code))
  }

  const requestsWhenSpent = createWindowCounters({ now })

  function waitWhenSpent(
    windows: WindowCounters,
    subject: string,
    limit: number,
  ): number | undefined {
    if (windows.used(subject) < limit) return undefined
    return requestsWhenSpent.add(subject, 1) > MAX_REQUESTS_WHEN_SPENT
      ? windows.msLeft(subject)
      : undefined
  }

  /** The network whose calls are counted, where any is. */
  const guardedNetworkOf = ({ network }: Asker) => (mode === 'off' ? null : network)

  return {
    charge(asker, code) {
      const { id } = asker.caller
      const network = guardedNetworkOf(asker)
      refuseWhenSpent(callers, id, limitOf(asker.caller))
      if (network !== null) {
        refuseWhenSpent(addresses, network, addressCallsPerMinute)
        if (code !== undefined) refuseWhenSpent(prefixes, prefixOf(code), prefixFailuresPerMinute)
        addresses.windows.add(network, CALL_COST)
        eachGuarded(network, asker, code, (budget, subject) => budget.underWay.begin(subject))
      }
      callers.windows.add(id, CALL_COST)
    },
    chargeFailedGuess(asker, code) {
      const network = guardedNetworkOf(asker)
      const takeMore = ({ windows, guessCost }: Budget, subject: string) =>
        windows.add(subject, guessCost)
      if (network === null) takeMore(callers, asker.caller.id)
      else eachGuarded(network, asker, code, takeMore)
    },
    end(asker, code) {
      const network = guardedNetworkOf(asker)
      if (network === null) return
      eachGuarded(network, asker, code, (budget, subject) => budget.underWay.end(subject))
    },
    waitOfSpent(asker) {
      const network = guardedNetworkOf(asker)
      if (network === null || !isEnforced) return undefined
      return (
        waitWhenSpent(callers.windows, asker.caller.id, limitOf(asker.caller)) ??
        waitWhenSpent(addresses.windows, network, addressCallsPerMinute)
      )
    },
    read(asker) {
      const { id } = asker.caller
      const own = stateOf(callers.windows, id, limitOf(asker.caller), now())
      const network = guardedNetworkOf(asker)
      if (network === null || !isEnforced) return own
      const ofAddress = stateOf(addresses.windows, network, addressCallsPerMinute, now())
      const { remaining, resetAt } = ofAddress.remaining < own.remaining ? ofAddress : own
      return { ...own, remaining, resetAt }
    },
  }
}

function stateOf(
  windows: WindowCounters,
  subject: string,
  limit: number,
  nowMs: number,
): BudgetState {
  const used = Math.min(windows.used(subject), limit)
  return {
    limit,
    used,
    remaining: limit - used,
    resetAt: new Date(nowMs + windows.msLeft(subject)),
  }
}

function prefixOf(code: CouponCode): string {
  return code.slice(0, PREFIX_LENGTH)
}
