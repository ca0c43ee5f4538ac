import { addCalls, type CallCounts, NO_CALLS, sumOf } from './call-counts.ts'
import type { RateWindow, WindowName } from './rate-limits.ts'

/**
 * The account of one key's calls, shared by all processes that use it: who holds how many tokens, and when
 * those that were used come back.
 *
 * **Why it never allows more than the upstream does.** A token is used for one attempt. It is held from before
 * the attempt is sent until after its answer came (or nothing will come any more), and then for the whole
 * length of each window. The upstream counts the attempt somewhere in between:
 *
 *     held by a process │ counts for one window more           │ free
 *     ──────────────────┼───────────────────────────────────────┼─────►
 *        sent … counted … ended                          ended + window
 *
 * So two attempts that had the same token are counted more than a window apart, and no window of that length
 * holds more attempts than there are tokens, wherever the upstream lets it begin: at the first call, at the full
 * minute, or sliding. Counting in windows of our own could not promise that: theirs begin elsewhere, and the
 * end of one of ours and the start of the next would fall into one of theirs.
 *
 * All times are by the clock of the store, so that processes need not agree on the time.
 */
export interface Ledger {
  readonly windows: Partial<Record<WindowName, WindowAccount>>
  readonly holders: Readonly<Record<string, Holding>>
  /** The upstream wants no calls before then. */
  readonly pausedUntilMs: number
}

/** What one process has of the tokens. */
export interface Holding {
  /** In its hand, or in use. */
  readonly tokens: CallCounts
  /** From then on it uses none of them any more, whether it is there or not. */
  readonly expiresAtMs: number
  /** Of its last exchange; an older one that was held up on its way has no effect. */
  readonly sequence: number
}

/** One window's account. */
export interface WindowAccount {
  /** Used tokens by the time at which they come back, soonest first. */
  readonly used: readonly UsedSlot[]
  /** Calls of others with the same key, by what the upstream told; they come back when its window ends. */
  readonly foreign: { readonly count: number; readonly untilMs: number }
  /** The upstream told of a lower limit than ours. */
  readonly toldLimit: { readonly limit: number; readonly untilMs: number } | null
  /** Reads had to wait for this window: until then they come evenly, so that writes always find a token soon. */
  readonly crowdedUntilMs: number
  /** Reads that may go now while it is crowded, and when that was so. */
  readonly pace: { readonly tokens: number; readonly atMs: number }
  /** Writes that found no token a moment ago: reads leave them the next ones. */
  readonly waitingWrites: { readonly count: number; readonly untilMs: number }
}

export interface UsedSlot extends CallCounts {
  readonly freeAtMs: number
}

export const EMPTY_LEDGER: Ledger = { windows: {}, holders: {}, pausedUntilMs: 0 }

/** Parts of a window in which used tokens are gathered: a token comes back up to one of them late. */
export const SLOTS_PER_WINDOW = 120

/** Before a used token is gathered, it is rounded up. So nothing comes back early. */
export function endCalls(
  ledger: Ledger,
  windows: readonly RateWindow[],
  calls: CallCounts,
  endedAtMs: number,
): Ledger {
  if (sumOf(calls) === 0) return ledger
  return mapAccounts(ledger, windows, (account, { durationMs }) => {
    const slotMs = durationMs / SLOTS_PER_WINDOW
    const freeAtMs = Math.ceil(endedAtMs / slotMs) * slotMs + durationMs
    const at = account.used.findLastIndex((slot) => slot.freeAtMs <= freeAtMs)
    const last = account.used[at]
    const used =
      last?.freeAtMs === freeAtMs
        ? account.used.with(at, { freeAtMs, ...addCalls(last, calls) })
        : account.used.toSpliced(at + 1, 0, { freeAtMs, ...calls })
    return { ...account, used }
  })
}

/** Drops what has come back, and takes the tokens of those that were not heard of for used. */
export function forgetPast(ledger: Ledger, windows: readonly RateWindow[], nowMs: number): Ledger {
  let settled = ledger
  const holders: Record<string, Holding> = {}
  for (const [id, holding] of Object.entries(ledger.holders)) {
    if (holding.expiresAtMs > nowMs) holders[id] = holding
    else settled = endCalls(settled, windows, holding.tokens, holding.expiresAtMs)
  }
  return {
    ...mapAccounts(settled, windows, (account) => ({
      ...account,
      used: account.used.filter(({ freeAtMs }) => freeAtMs > nowMs),
    })),
    holders,
  }
}

export function tokensHeld({ holders }: Ledger): CallCounts {
  return Object.values(holders).reduce((sum, { tokens }) => addCalls(sum, tokens), NO_CALLS)
}

/** Tokens of a window that are used or held, by kind; `total` includes those of others. */
export function countUsed(ledger: Ledger, { name }: RateWindow, nowMs: number) {
  const { used, foreign } = accountOf(ledger, name)
  let { read, write } = tokensHeld(ledger)
  for (const slot of used) {
    if (slot.freeAtMs <= nowMs) continue
    read += slot.read
    write += slot.write
  }
  return { read, write, total: read + write + (foreign.untilMs > nowMs ? foreign.count : 0) }
}

/** The limit that holds: ours, or the upstream's where it told of a lower one. */
export function limitOf(ledger: Ledger, { name, limit }: RateWindow, nowMs: number): number {
  const told = accountOf(ledger, name).toldLimit
  return told !== null && told.untilMs > nowMs ? Math.min(limit, told.limit) : limit
}

export function accountOf(ledger: Ledger, name: WindowName): WindowAccount {
  return ledger.windows[name] ?? NEW_ACCOUNT
}

export function mapAccounts(
  ledger: Ledger,
  windows: readonly RateWindow[],
  change: (account: WindowAccount, window: RateWindow) => WindowAccount,
): Ledger {
  const changed = windows.map((window) => [
    window.name,
    change(accountOf(ledger, window.name), window),
  ])
  return { ...ledger, windows: { ...ledger.windows, ...Object.fromEntries(changed) } }
}

const NEW_ACCOUNT: WindowAccount = {
  used: [],
  foreign: { count: 0, untilMs: 0 },
  toldLimit: null,
  crowdedUntilMs: 0,
  pace: { tokens: 0, atMs: 0 },
  waitingWrites: { count: 0, untilMs: 0 },
}
