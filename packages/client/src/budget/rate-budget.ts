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
import { type ExchangeSchedule, scheduleExchanges } from './exchange-schedule.ts'
import { type GrantRules, msUntilToken } from './grant.ts'
import { EMPTY_LEDGER, type Ledger } from './ledger.ts'
import { takeLocalShare } from './local-share.ts'
import { describeWindows, type RateBudgetState } from './rate-budget-state.ts'
import type { WindowObservation } from './rate-limit-headers.ts'
import { rememberCalls } from './recent-calls.ts'
import { createTokenHand, type Token } from './token-hand.ts'

/** This process's access to the budget of its key. */
export interface RateBudget {
  /** A token for an attempt that begins now, if one is in hand. */
  take(kind: CallKind): Token | null
  /** The attempt was never sent. */
  putBack(token: Token): void
  /** The attempt was sent, and was answered. */
  spend(token: Token): void
  /** The attempt was sent, and is given up. What the network still has of it may arrive a little later. */
  spendLate(token: Token): void
  /** Says how many attempts wait for a token: more are asked for when the hand has too few. */
  ask(waiting: CallCounts): void
  /** An attempt left without a token: its turn would not have come in time. */
  refuse(kind: CallKind): void
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

interface LocalShare {
  readonly ledger: Ledger
  readonly rules: GrantRules
}

/**
 * What the budget goes by: the ledger of all processes; this process's own, as its share or since it is alone; or
 * nothing, so that nothing is sent, as long as the store was never reached.
 */
export type BudgetSource = 'shared' | 'local' | 'none'

/** A store that is slower than this is as good as none: calls have deadlines of seconds. */
const STORE_TIMEOUT_MS = 1_000
/** Between two tries of a store that is down. */
const PROBE_MS = 500
/** So that the others know of this process, and it of what they use, without a call. */
const HEARTBEAT_MS = 5_000
/**
 * No process goes by its own share before the store was gone for so long, and by then each has noticed. So who finds
 * the store again after less knows that all have gone by the shared ledger throughout.
 */
const PATIENCE_MS = HEARTBEAT_MS + STORE_TIMEOUT_MS
/** After more, nothing is taken until the others, too, must have told what they used meanwhile. */
const GRACE_MS = STORE_TIMEOUT_MS + 3 * PROBE_MS
/** Used tokens are told of at least so often: untold, they do not come back. */
const REPORT_MS = 250
/** Tokens in hand that nobody used for so long are given back. */
const IDLE_MS = 1_000
/** What is left of an attempt that was given up arrives within so long, or never. */
const LATE_ARRIVAL_MS = 5_000
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
  /** Since when the store does not answer; null while it does. */
  let lostSinceMs: number | null = null
  /** The store is back, but nothing is taken from it before then. */
  let graceUntilMs = 0
  /** Set while this process goes by its own share. */
  let local: LocalShare | null = store === null ? { ledger: EMPTY_LEDGER, rules } : null
  /** Used since the shared ledger was last told, and the same of the local one. */
  let untold = { shared: NO_CALLS, local: NO_CALLS }
  let observations: readonly WindowObservation[] = []
  let pausedUntilMs = 0
  let isPauseUntold = false
  let waiting = NO_CALLS
  let hasRefusedReads = false
  let sequence = 0
  let tokensValidUntilMs = Number.POSITIVE_INFINITY
  let lastTakenMs = Number.NEGATIVE_INFINITY
  let takenSinceGrant = 0
  let isClosed = false
  let source: BudgetSource = store === null ? 'local' : 'shared'
  let hasSeenLedger = false

  const hand = createTokenHand((spent) => {
    untold = { shared: addCalls(untold.shared, spent), local: addCalls(untold.local, spent) }
  })
  const lateArrivals = new Set<() => void>()
  const ownRecent = rememberCalls(2 * PATIENCE_MS)
  const shared = scheduleExchanges(clock, exchangeShared)
  const own = scheduleExchanges(clock, exchangeLocally)

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
    spendLate(token) {
      const stopTimer = clock.startTimer(LATE_ARRIVAL_MS, () => {
        lateArrivals.delete(stopTimer)
        budget.spend(token)
      })
      lateArrivals.add(stopTimer)
    },
    ask(counts) {
      waiting = counts
      if (missing('read') + missing('write') > 0) plan()
    },
    refuse(kind) {
      if (kind === 'read') hasRefusedReads = true
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
      const isStale = clock.monotonicMs() - seen.atMs > IDLE_MS && lostSinceMs === null
      if (isStale && !isClosed) await (store === null ? own : shared).runNow()
      const pausedForMs = Math.max(0, pausedUntilMs - clock.monotonicMs())
      const { ledger, rules: inUse } = local ?? { ledger: seen.ledger, rules }
      return { source, pausedForMs, windows: describeWindows(ledger, inUse.windows, storeNow()) }
    },
    async close() {
      isClosed = true
      // What may still arrive stays with this holder, until the ledger takes it for used.
      for (const stopTimer of lateArrivals) stopTimer()
      waiting = NO_CALLS
      hand.drop()
      own.stop()
      if (store !== null && sequence > 0 && lostSinceMs === null) await shared.runNow()
      shared.stop()
    },
  }
  return budget

  /** Sees to it that an exchange happens when it is next of use. */
  function plan(): void {
    if (isClosed) return
    const nowMs = clock.monotonicMs()
    const waits = [Number.POSITIVE_INFINITY]
    const isLost = lostSinceMs !== null && local === null
    for (const kind of ['read', 'write'] as const) {
      if (missing(kind) === 0 || isLost) continue
      waits.push(Math.max(graceUntilMs - nowMs, budget.msUntilToken(kind, hand.free[kind] + 1)))
    }
    if (sumOf(local === null ? untold.shared : untold.local) > 0) waits.push(REPORT_MS)
    if (sumOf(hand.free) > 0) {
      const isNeeded = sumOf(waiting) > 0
      waits.push(Math.max(isNeeded ? IDLE_MS : MIN_WAIT_MS, lastTakenMs + IDLE_MS - nowMs))
    }
    const schedule = local === null ? shared : own
    schedule.runWithin(Math.min(...waits))
    if (store === null) return
    if (isPauseUntold) shared.runWithin(0)
    shared.runWithin(lostSinceMs === null ? HEARTBEAT_MS : PROBE_MS)
  }

  function afterExchange(schedule: ExchangeSchedule): void {
    // Times are rounded, and others take tokens as well: who got too few does not ask again at once.
    if (missing('read') + missing('write') > 0) schedule.holdOffFor(MIN_WAIT_MS)
    budget.onChange()
    plan()
  }

  function dropUnused(nowMs: number): void {
    const isIdle = nowMs - lastTakenMs >= IDLE_MS && sumOf(waiting) === 0
    if (isIdle || nowMs >= tokensValidUntilMs) hand.drop()
  }

  async function exchangeLocally(): Promise<void> {
    if (local === null) return
    dropUnused(clock.monotonicMs())
    drawLocally(local)
    afterExchange(own)
  }

  function drawLocally(share: LocalShare): void {
    const told = request('local', wanted())
    const reply = exchangeTokens(share.ledger, share.rules, told, storeNow())
    local = { ...share, ledger: reply.ledger }
    untold = { ...untold, local: NO_CALLS }
    receive(reply.granted)
    if (store !== null) return
    observations = []
    seen = { ledger: reply.ledger, storeMs: reply.nowMs, atMs: clock.monotonicMs() }
  }

  async function exchangeShared(): Promise<void> {
    if (store === null) return
    const sentAtMs = clock.monotonicMs()
    dropUnused(sentAtMs)
    const mayTake = lostSinceMs === null && sentAtMs >= graceUntilMs
    const told = request('shared', mayTake ? wanted() : NO_CALLS)
    try {
      const reply = await withTimeout(
        store.change((ledger, nowMs) => exchangeTokens(ledger, rules, told, nowMs)),
      )
      takeReply(told, reply, sentAtMs)
    } catch (error) {
      lostSinceMs ??= sentAtMs
      if (clock.monotonicMs() - lostSinceMs >= PATIENCE_MS) doWithout(error)
    }
    afterExchange(shared)
  }

  function takeReply(told: ExchangeRequest, reply: ExchangeReply, sentAtMs: number): void {
    const nowMs = clock.monotonicMs()
    if (lostSinceMs !== null && sentAtMs - seen.atMs >= PATIENCE_MS) graceUntilMs = nowMs + GRACE_MS
    lostSinceMs = null
    untold = { ...untold, shared: subtractCalls(untold.shared, told.ended) }
    ownRecent.add(told.ended, nowMs)
    observations = []
    isPauseUntold = false
    seen = { ledger: reply.ledger, storeMs: reply.nowMs, atMs: nowMs }
    pausedUntilMs = Math.max(pausedUntilMs, nowMs + reply.ledger.pausedUntilMs - reply.nowMs)
    receive(reply.granted)
    // A token may begin an attempt as long as that ends before the ledger gives the token up.
    tokensValidUntilMs = sentAtMs + leaseMs - attemptTimeoutMs
    local = null
    hasSeenLedger = true
    if (source !== 'shared') changeSource('shared', null)
  }

  function doWithout(cause: unknown): void {
    if (source !== 'shared') return
    if (!hasSeenLedger) {
      // It may be the tenth start of a process that fails again and again, each with a share of its own.
      changeSource('none', cause)
      return
    }
    const processes = Math.max(parts.expectedProcesses, Object.keys(seen.ledger.holders).length)
    local = takeLocalShare(seen.ledger, rules, holder, processes, {
      ownRecent: ownRecent.since(seen.atMs - PATIENCE_MS),
      nowMs: storeNow(),
    })
    untold = { ...untold, local: untold.shared }
    tokensValidUntilMs = Number.POSITIVE_INFINITY
    changeSource('local', cause)
    drawLocally(local)
  }

  function changeSource(next: BudgetSource, cause: unknown): void {
    source = next
    parts.onSourceChange(next, cause)
  }

  function receive(granted: CallCounts): void {
    hand.add(granted)
    hasRefusedReads = false
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
      hasRefusedReads,
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
