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

/** A little faster than tokens come back, so that the pace itself keeps none of them unused. */
const PACE_FACTOR = 1.05
/** Reads that may go at once at that pace, as a part of the limit. */
const PACE_BURST = 0.02
/** Reads that are always possible in a window, as a part of the limit, however many writes there are. */
const READ_FLOOR = 0.05
/** How long tokens are left to writes that found none: they ask again as soon as one comes back. */
const WAITING_WRITES_MS = 2_000

/**
 * Who gets tokens. Writes come first: they may take every free token, but for a small share that waiting reads
 * are sure of. Reads may take all but the writes' share at once; past it, and for as long as reads have to
 * wait, they get tokens evenly over the window, so that a write never finds the window used up for long.
 * Evenly, and not simply less: a share that nobody may touch would be calls that nobody makes.
 */
export interface GrantRules {
  readonly windows: readonly RateWindow[]
  /** Share of each window that reads leave to writes, from 0 to below 1. */
  readonly writeShare: number
}

/** Hands out as many of the wanted tokens as all windows together allow. */
export function grantTokens(
  ledger: Ledger,
  { windows, writeShare }: GrantRules,
  want: CallCounts,
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
    const isCrowding = want.read > readRoom(view, write)
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
    const room = kind === 'write' ? view.writeRoom : view.limit - view.total
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
  const readFloor = Math.floor(limit * READ_FLOOR)
  const pacePerMs = (PACE_FACTOR * limit) / window.durationMs
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

/** When so many tokens more than now are free. */
function msUntilFree(
  { used, foreign }: WindowAccount,
  { durationMs }: RateWindow,
  missing: number,
  nowMs: number,
): number {
  if (missing <= 0) return 0
  const returns = used
    .filter(({ freeAtMs }) => freeAtMs > nowMs)
    .map(({ freeAtMs, read, write }) => ({ atMs: freeAtMs, count: read + write }))
  if (foreign.untilMs > nowMs) returns.push({ atMs: foreign.untilMs, count: foreign.count })
  returns.sort((a, b) => a.atMs - b.atMs)
  let left = missing
  for (const { atMs, count } of returns) {
    left -= count
    if (left <= 0) return atMs - nowMs
  }
  // Held now: they come back a window after their use.
  return durationMs
}
