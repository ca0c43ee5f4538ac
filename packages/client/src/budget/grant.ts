import type { CallCounts } from './call-counts.ts'
import {
  accountOf,
  countUsed,
  type Ledger,
  limitOf,
  mapAccounts,
  type WindowAccount,
} from './ledger.ts'
import type { RateWindow } from './rate-limits.ts'

/** Part of a window for which the pace makes the tokens last that are free, or will be by then. */
const PACE_HORIZON = 0.25
/** Bounds of the pace, as parts of the limit over the window: nothing is kept for ever, and no burst comes again. */
const SLOWEST_PACE = 0.1
const FASTEST_PACE = 1.1
/** Reads that may go at once at that pace, as a part of the limit. */
const PACE_BURST = 0.02
/** Reads that are always possible in a window, as a part of the limit, however many writes there are. */
const READ_FLOOR = 0.05
/** How long tokens are left to writes that found none: they ask again as soon as one comes back. */
const WAITING_WRITES_MS = 2_000

/**
 * Who gets tokens. Writes come first: they may take every free token, but for a small share that waiting reads
 * are sure of. Reads may take all but the writes' share at once. Past it, and for as long as reads have to wait, they
 * keep to a pace at which there is always something left: so a write never finds the window used up for long.
 * A pace, and not simply a share that reads may never touch: that would be calls that nobody makes.
 */
export interface GrantRules {
  readonly windows: readonly RateWindow[]
  /** Share of each window that reads leave to writes, from 0 to below 1. */
  readonly writeShare: number
}

export interface Demand {
  readonly want: CallCounts
  /** Reads came of which it was known that no token would be free in time. */
  readonly hasRefusedReads: boolean
}

/** Hands out as many of the wanted tokens as all windows together allow. */
export function grantTokens(
  ledger: Ledger,
  { windows, writeShare }: GrantRules,
  { want, hasRefusedReads }: Demand,
  nowMs: number,
): { readonly ledger: Ledger; readonly granted: CallCounts } {
  if (ledger.pausedUntilMs > nowMs) return { ledger, granted: { read: 0, write: 0 } }
  const views = windows.map((window) => viewWindow(ledger, window, writeShare, nowMs))

  const fairly = (room: number) => Math.ceil(room / Math.max(1, Object.keys(ledger.holders).length))
  const write = Math.min(want.write, ...views.map(({ writeRoom }) => fairly(writeRoom)))
  const read = Math.min(want.read, ...views.map((view) => fairly(readRoom(view, write))))

  const granted = mapAccounts(ledger, windows, (account, window) => {
    const view = views.find((it) => it.window === window) as WindowView
    const unmetWrites = want.write - write
    const isCrowding = hasRefusedReads || want.read > readRoom(view, write)
    return {
      ...account,
      pace: { tokens: view.pace - Math.max(0, read - view.openRoom), atMs: nowMs },
      crowdedUntilMs: isCrowding ? nowMs + window.durationMs : account.crowdedUntilMs,
      waitingWrites:
        unmetWrites > 0
          ? { count: unmetWrites, untilMs: nowMs + WAITING_WRITES_MS }
          : { ...account.waitingWrites, count: Math.max(0, account.waitingWrites.count - write) },
    }
  })
  return { ledger: granted, granted: { read, write } }
}

/**
 * When, at the soonest, the `position`-th token from now on can be had, if nobody else takes any.
 *
 * @returns milliseconds from `nowMs`, 0 if it can be had at once
 */
export function msUntilToken(
  ledger: Ledger,
  { windows, writeShare }: GrantRules,
  kind: keyof CallCounts,
  position: number,
  nowMs: number,
): number {
  const waits = windows.map((window) => {
    const view = viewWindow(ledger, window, writeShare, nowMs)
    const room = kind === 'write' ? view.writeRoom : view.limit - view.total - view.leftToWrites
    const untilFree = msUntilFree(accountOf(ledger, window.name), window, position - room, nowMs)
    if (kind === 'write') return untilFree
    const paced = position - Math.max(0, view.openRoom) - view.pace
    return Math.max(untilFree, paced > 0 ? paced / view.pacePerMs : 0)
  })
  return Math.max(0, ledger.pausedUntilMs - nowMs, ...waits)
}

interface WindowView {
  readonly window: RateWindow
  readonly limit: number
  /** Used or held by anybody. */
  readonly total: number
  readonly writeRoom: number
  /** Reads that may go without keeping to the pace. */
  readonly openRoom: number
  /** Reads that the pace allows now; whole ones count. */
  readonly pace: number
  readonly pacePerMs: number
  /** Tokens that reads leave to writes that wait for them. */
  readonly leftToWrites: number
}

function viewWindow(
  ledger: Ledger,
  window: RateWindow,
  writeShare: number,
  nowMs: number,
): WindowView {
  const account = accountOf(ledger, window.name)
  const limit = limitOf(ledger, window, nowMs)
  const { read, total } = countUsed(ledger, window, nowMs)
  const isCrowded = account.crowdedUntilMs > nowMs
  const readFloor = Math.ceil(limit * READ_FLOOR)
  const horizonMs = PACE_HORIZON * window.durationMs
  const soon = limit - total + countReturns(account, nowMs, nowMs + horizonMs)
  const evenPacePerMs = limit / window.durationMs
  const pacePerMs = Math.min(
    FASTEST_PACE * evenPacePerMs,
    Math.max(SLOWEST_PACE * evenPacePerMs, soon / horizonMs),
  )
  return {
    window,
    limit,
    total,
    writeRoom: Math.max(0, limit - total - (isCrowded ? Math.max(0, readFloor - read) : 0)),
    openRoom: isCrowded ? 0 : Math.max(0, Math.floor(limit * (1 - writeShare)) - total),
    pace: refill(account, limit, pacePerMs, nowMs),
    pacePerMs,
    leftToWrites:
      account.waitingWrites.untilMs > nowMs && read >= readFloor ? account.waitingWrites.count : 0,
  }
}

function readRoom(view: WindowView, grantedWrites: number): number {
  const free = view.limit - view.total - grantedWrites - view.leftToWrites
  return Math.max(0, Math.min(free, view.openRoom + Math.floor(view.pace)))
}

function refill({ pace }: WindowAccount, limit: number, perMs: number, nowMs: number): number {
  const most = Math.max(1, limit * PACE_BURST)
  return Math.min(most, pace.tokens + Math.max(0, nowMs - pace.atMs) * perMs)
}

function countReturns({ used }: WindowAccount, fromMs: number, toMs: number): number {
  return used.reduce(
    (sum, { freeAtMs, read, write }) =>
      freeAtMs > fromMs && freeAtMs <= toMs ? sum + read + write : sum,
    0,
  )
}

/** When so many tokens more than now are free. */
function msUntilFree(
  { used, foreign }: WindowAccount,
  { durationMs }: RateWindow,
  missing: number,
  nowMs: number,
): number {
  if (missing <= 0) return 0
  let left = missing
  let foreignAtMs = foreign.count > 0 && foreign.untilMs > nowMs ? foreign.untilMs : null
  for (const { freeAtMs, read, write } of used) {
    if (foreignAtMs !== null && foreignAtMs <= freeAtMs) {
      left -= foreign.count
      if (left <= 0) return foreignAtMs - nowMs
      foreignAtMs = null
    }
    if (freeAtMs <= nowMs) continue
    left -= read + write
    if (left <= 0) return freeAtMs - nowMs
  }
  if (foreignAtMs !== null && foreign.count >= left) return foreignAtMs - nowMs
  // Held now: they come back a window after their use.
  return durationMs
}
