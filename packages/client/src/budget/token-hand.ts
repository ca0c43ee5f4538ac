import { addCalls, type CallCounts, type CallKind, NO_CALLS } from './call-counts.ts'

/** The right to make one attempt. */
export interface Token {
  /** What the attempt is. */
  readonly kind: CallKind
  /** What the token was granted for: a write may use one that was meant for a read. */
  readonly from: CallKind
}

/** The tokens that this process has, and those that it used since it last told. */
export interface TokenHand {
  /** Takes one for an attempt. */
  take(kind: CallKind): Token | null
  /** Its attempt never left, so it is as good as before. */
  putBack(token: Token): void
  /** Its attempt has ended. */
  spend(token: Token): void
  add(granted: CallCounts): void
  /** Gives back all that are not in use: those that ask for tokens later get new ones. */
  drop(): void
  readonly free: CallCounts
  /** Free and in use. */
  readonly holding: CallCounts
}

export function createTokenHand(onSpent: (spent: CallCounts) => void): TokenHand {
  let free = NO_CALLS
  let inUse = NO_CALLS
  const one = (kind: CallKind, count: 1 | -1): CallCounts => ({ ...NO_CALLS, [kind]: count })
  return {
    take(kind) {
      const from = kind === 'write' && free.write === 0 ? 'read' : kind
      if (free[from] === 0) return null
      free = addCalls(free, one(from, -1))
      inUse = addCalls(inUse, one(from, 1))
      return { kind, from }
    },
    putBack({ from }) {
      inUse = addCalls(inUse, one(from, -1))
      free = addCalls(free, one(from, 1))
    },
    spend({ kind, from }) {
      inUse = addCalls(inUse, one(from, -1))
      onSpent(one(kind, 1))
    },
    add(granted) {
      free = addCalls(free, granted)
    },
    drop() {
      free = NO_CALLS
    },
    get free() {
      return free
    },
    get holding() {
      return addCalls(free, inUse)
    },
  }
}
