import type { Clock } from '../clock.ts'
import type { BudgetStore } from './budget-store.ts'
import {
  addCalls,
  type CallCounts,
  type CallKind,
  NO_CALLS,
  subtractCalls,
  sumOf,
} from './call-counts.ts'
import { type ExchangeReply, type ExchangeRequest, exchangeTokens } from './exchange.ts'
import { scheduleExchanges } from './exchange-schedule.ts'
import { type GrantRules, msUntilToken } from './grant.ts'
import { EMPTY_LEDGER, type Ledger } from './ledger.ts'
import { takeLocalShare } from './local-share.ts'
import { describeWindows, type RateBudgetState } from './rate-budget-state.ts'
import type { WindowObservation } from './rate-limit-headers.ts'
import { createTokenHand, type Token } from './token-hand.ts'

/** This process's access to the budget of its key. */
export interface RateBudget {
  /** A token for an attempt that begins now, if one is in hand. */
  take(kind: CallKind): Token | null
  /** The attempt was never sent. */
  putBack(token: Token): void
  /** The attempt was sent, and has ended. */
  spend(token: Token): void
  /** Says how many attempts wait for a token: more are asked for when the hand has too few. */
  ask(waiting: CallCounts): void
  /** How long, as far as is known, until the `position`-th token from now; 0 when that has to be asked. */
  msUntilToken(kind: CallKind, position: number): number
  /** The upstream wants no calls for so long. */
  pause(durationMs: number): void
  learn(observations: readonly WindowObservation[]): void
  /** How much is used, as of now where the store answers. */
  read(): Promise<RateBudgetState>
  /** Called when there may be tokens, or when it has become known that there are none. */
  onChange: () => void
  /** Gives back what is not used. No attempt may be under way. */
  close(): Promise<void>
}

export interface RateBudgetParts {
  readonly rules: GrantRules
  /** Where the processes that use one key share its ledger; null for a ledger of this process alone. */
  readonly store: BudgetStore | null
  /** Names this process in the ledger. */
  readonly holder: string
  /** Among how many processes the windows are divided while the store is down, if no more are known of. */
  readonly expectedProcesses: number
  readonly attemptTimeoutMs: number
  readonly clock: Clock
  readonly onSourceChange: (source: BudgetSource, cause: unknown) => void
}

/** Whose word the budget goes by. */
export type BudgetSource = 'shared' | 'local'

/** A store that is slower than this is as good as none: calls have deadlines of seconds. */
const STORE_TIMEOUT_MS = 1_000
/** Between two tries of a store that is down. */
const PROBE_MS = 1_000
/** A store that is back is not drawn from at once: others that worked without it tell it first what they used. */
const GRACE_MS = 2.5 * PROBE_MS
/** Used tokens are told of at least so often: untold, they do not come back. */
const REPORT_MS = 250
/** Tokens in hand that nobody used for so long are given back. */
const IDLE_MS = 1_000
/** So that the others know of this process, and it of what they use, without a call. */
const HEARTBEAT_MS = 5_000
/** Without a call for so long, there are no more heartbeats. */
const ACTIVE_MS = 60_000
/** Beyond the attempts under way: for a process that is held up, not for one that is dead. */
const LEASE_SLACK_MS = 10_000
/** No two exchanges that bring too little are closer than this. */
const MIN_WAIT_MS = 10
/** Most tokens that are taken before there is a call for them. */
const MAX_AHEAD = 32

export function openRateBudget(parts: RateBudgetParts): RateBudget {
  const { rules, store, holder, attemptTimeoutMs, clock } = parts
  const leaseMs = attemptTimeoutMs + LEASE_SLACK_MS

  /** The ledger as it was last seen, and how the time of the store relates to ours. */
  let seen = { ledger: EMPTY_LEDGER, storeMs: 0, atMs: clock.monotonicMs() }
  /** Set while this process goes by its own share; `untilMs` once the store is back. */
  let local: { ledger: Ledger; readonly rules: GrantRules; untilMs: number | null } | null =
    store === null ? { ledger: EMPTY_LEDGER, rules, untilMs: null } : null
  /** Used since the shared ledger was last told, and the same of the local one. */
  let untold = { shared: NO_CALLS, local: NO_CALLS }
  let observations: readonly WindowObservation[] = []
  let pausedUntilMs = 0
  let isPauseUntold = false
  let waiting = NO_CALLS
  let sequence = 0
  let tokensValidUntilMs = Number.POSITIVE_INFINITY
  let lastTakenMs = Number.NEGATIVE_INFINITY
  let takenSinceGrant = 0
  let isClosed = false

  const hand = createTokenHand((spent) => {
    untold = { shared: addCalls(untold.shared, spent), local: addCalls(untold.local, spent) }
  })
  const exchanges = scheduleExchanges(clock, exchange)

  const storeNow = () => seen.storeMs + clock.monotonicMs() - seen.atMs
  const missing = (kind: CallKind) => Math.max(0, waiting[kind] - hand.free[kind])
  const msUntilGranted = (kind: CallKind, position: number) =>
    msUntilToken(local?.ledger ?? seen.ledger, local?.rules ?? rules, kind, position, storeNow())

  const budget: RateBudget = {
    onChange: () => {},
    take(kind) {
      const nowMs = clock.monotonicMs()
      if (nowMs < pausedUntilMs) return null
      if (nowMs >= tokensValidUntilMs) hand.drop()
      const token = hand.take(kind)
      if (token !== null) {
        lastTakenMs = nowMs
        takenSinceGrant += 1
      }
      return token
    },
    putBack(token) {
      hand.putBack(token)
      budget.onChange()
      plan()
    },
    spend(token) {
      hand.spend(token)
      plan()
    },
    ask(counts) {
      waiting = counts
      if (missing('read') + missing('write') > 0) plan()
    },
    msUntilToken(kind, position) {
      const pausedMs = Math.max(0, pausedUntilMs - clock.monotonicMs())
      const beyondHand = position - hand.free[kind]
      return beyondHand <= 0 ? pausedMs : Math.max(pausedMs, msUntilGranted(kind, beyondHand))
    },
    pause(durationMs) {
      pausedUntilMs = Math.max(pausedUntilMs, clock.monotonicMs() + durationMs)
      isPauseUntold = store !== null
      plan()
    },
    learn(told) {
      observations = told
    },
    async read() {
      if (clock.monotonicMs() - seen.atMs > IDLE_MS && !isClosed) await exchanges.runNow()
      const pausedForMs = Math.max(0, pausedUntilMs - clock.monotonicMs())
      const source = local === null ? 'shared' : 'local'
      const { ledger, rules: inUse } = local ?? { ledger: seen.ledger, rules }
      return { source, pausedForMs, windows: describeWindows(ledger, inUse.windows, storeNow()) }
    },
    async close() {
      isClosed = true
      waiting = NO_CALLS
      hand.drop()
      if (sequence > 0) await exchanges.runNow()
      exchanges.stop()
    },
  }
  return budget

  /** Sees to it that an exchange happens when it is next of use. */
  function plan(): void {
    if (isClosed) return
    const nowMs = clock.monotonicMs()
    const waits = [Number.POSITIVE_INFINITY]
    for (const kind of ['read', 'write'] as const) {
      if (missing(kind) > 0) waits.push(budget.msUntilToken(kind, hand.free[kind] + 1))
    }
    if (isPauseUntold) waits.push(0)
    if (sumOf(local === null ? untold.shared : untold.local) > 0) waits.push(REPORT_MS)
    if (sumOf(hand.free) > 0) waits.push(Math.max(MIN_WAIT_MS, lastTakenMs + IDLE_MS - nowMs))
    if (store !== null && local !== null) waits.push(PROBE_MS)
    if (store !== null && nowMs - lastTakenMs < ACTIVE_MS) waits.push(HEARTBEAT_MS)
    exchanges.runWithin(Math.min(...waits))
  }

  async function exchange(): Promise<void> {
    const nowMs = clock.monotonicMs()
    const isIdle = nowMs - lastTakenMs >= IDLE_MS && sumOf(waiting) === 0
    if (isIdle || nowMs >= tokensValidUntilMs) hand.drop()
    if (local !== null) exchangeLocally()
    if (store !== null) await exchangeShared(store)
    // Times are rounded, and others take tokens as well: who got too few does not ask again at once.
    if (missing('read') + missing('write') > 0) exchanges.holdOffFor(MIN_WAIT_MS)
    budget.onChange()
    plan()
  }

  function exchangeLocally(): void {
    if (local === null) return
    const told = request('local', wanted())
    const reply = exchangeTokens(local.ledger, local.rules, told, storeNow())
    local.ledger = reply.ledger
    untold = { ...untold, local: NO_CALLS }
    receive(reply.granted)
    if (store !== null) return
    observations = []
    seen = { ledger: reply.ledger, storeMs: reply.nowMs, atMs: clock.monotonicMs() }
  }

  async function exchangeShared(shared: BudgetStore): Promise<void> {
    const sentAtMs = clock.monotonicMs()
    const told = request('shared', local === null ? wanted() : NO_CALLS)
    let reply: ExchangeReply
    try {
      reply = await withTimeout(
        shared.change((ledger, nowMs) => exchangeTokens(ledger, rules, told, nowMs)),
      )
    } catch (error) {
      goLocal(error)
      return
    }
    const answeredAtMs = clock.monotonicMs()
    untold = { ...untold, shared: subtractCalls(untold.shared, told.ended) }
    observations = []
    isPauseUntold = false
    seen = { ledger: reply.ledger, storeMs: reply.nowMs, atMs: answeredAtMs }
    pausedUntilMs = Math.max(pausedUntilMs, answeredAtMs + reply.ledger.pausedUntilMs - reply.nowMs)
    if (local !== null) {
      local.untilMs ??= sentAtMs + GRACE_MS
      if (sentAtMs < local.untilMs) return
      local = null
      parts.onSourceChange('shared', null)
    }
    receive(reply.granted)
    // A token may begin an attempt as long as that ends before the ledger gives the token up.
    tokensValidUntilMs = sentAtMs + leaseMs - attemptTimeoutMs
  }

  function goLocal(cause: unknown): void {
    if (local !== null) {
      local.untilMs = null
      return
    }
    const processes = Math.max(parts.expectedProcesses, Object.keys(seen.ledger.holders).length)
    local = { ...takeLocalShare(seen.ledger, rules, holder, processes), untilMs: null }
    untold = { ...untold, local: untold.shared }
    tokensValidUntilMs = Number.POSITIVE_INFINITY
    parts.onSourceChange('local', cause)
    exchangeLocally()
  }

  function receive(granted: CallCounts): void {
    hand.add(granted)
    takenSinceGrant = 0
  }

  function request(of: 'shared' | 'local', want: CallCounts): ExchangeRequest {
    sequence += 1
    return {
      holder,
      sequence,
      leaseMs,
      holding: hand.holding,
      ended: untold[of],
      want,
      pauseMs: Math.max(0, pausedUntilMs - clock.monotonicMs()),
      observations,
    }
  }

  /** What waits, and while reads have plenty of room a few for what comes next: not each call asks by itself. */
  function wanted(): CallCounts {
    const hasPlenty = !isClosed && msUntilGranted('read', 4 * MAX_AHEAD) === 0
    const ahead = hasPlenty ? Math.min(MAX_AHEAD, takenSinceGrant) : 0
    return { read: missing('read') + ahead, write: missing('write') }
  }

  function withTimeout<Result>(work: Promise<Result>): Promise<Result> {
    return new Promise((resolve, reject) => {
      const stop = clock.startTimer(STORE_TIMEOUT_MS, () =>
        reject(new Error('the store of the rate budget did not answer in time')),
      )
      work.finally(stop).then(resolve, reject)
    })
  }
}
