import type { Clock } from './clock.ts'

/** Failures are counted over so long. */
const PERIOD_MS = 10_000
/** Fewer attempts than this in a period prove nothing. */
const MIN_ATTEMPTS = 20
/** From this part of failures on, nothing is sent for a while. */
const FAILURE_RATIO = 0.5
/** First time that nothing is sent; each probe that fails doubles it. A restart of the upstream takes seconds. */
const FIRST_OPEN_MS = 500
const LONGEST_OPEN_MS = 5_000

export type BreakerState = 'closed' | 'open' | 'half-open'

/** What an attempt says of the upstream's health: `neutral` is one that never got as far. */
export type Health = 'alive' | 'failing' | 'neutral'

/**
 * Keeps attempts from an upstream that answers none of them, so that it can get up again and callers learn at once.
 *
 *     closed ── half of a period, or many in a row, fail ──► open ── time passes ──► half-open
 *        ▲                                                  ▲                        │
 *        │                                                  └── the probe fails ─────┤
 *        └────────────────────────────────── the probe is answered ──────────────────┘
 *
 * Half open it lets one attempt pass, the probe. Attempts that began before it opened have no say any more.
 */
export interface CircuitBreaker {
  /** Milliseconds until an attempt may be made; 0 now. Asking takes no probe. */
  msUntilTry(): number
  /** Lets an attempt pass, or not. Who passes reports its end. */
  tryPass(): ((health: Health) => void) | null
  readonly state: BreakerState
}

type ClosedState = {
  readonly kind: 'closed'
  /** End of the period; a later failure begins a new one. */
  readonly untilMs: number
  attempts: number
  failures: number
  failuresInARow: number
}

type State =
  | ClosedState
  | { readonly kind: 'open'; readonly untilMs: number; readonly openMs: number }
  | { readonly kind: 'half-open'; readonly openMs: number; isProbing: boolean }

export function createCircuitBreaker({
  clock,
  random,
  onChange = () => {},
}: {
  readonly clock: Clock
  readonly random: () => number
  readonly onChange?: (state: BreakerState) => void
}): CircuitBreaker {
  let state: State = closed()

  function closed(): ClosedState {
    return {
      kind: 'closed',
      untilMs: clock.monotonicMs() + PERIOD_MS,
      attempts: 0,
      failures: 0,
      failuresInARow: 0,
    }
  }

  function become(next: State): void {
    state = next
    onChange(next.kind)
  }

  function open(openMs: number): void {
    // Not all processes ask again at the same time.
    const untilMs = clock.monotonicMs() + openMs * (0.5 + 0.5 * random())
    become({ kind: 'open', untilMs, openMs })
  }

  /** The state as of now: time alone ends being open. */
  function current(): State {
    if (state.kind === 'open' && clock.monotonicMs() >= state.untilMs) {
      become({ kind: 'half-open', openMs: state.openMs, isProbing: false })
    }
    return state
  }

  return {
    get state() {
      return current().kind
    },
    msUntilTry() {
      const now = current()
      switch (now.kind) {
        case 'closed':
          return 0
        case 'open':
          return now.untilMs - clock.monotonicMs()
        case 'half-open':
          return now.isProbing ? FIRST_OPEN_MS : 0
        default:
          throw new Error(`unknown state ${now satisfies never}`)
      }
    },
    tryPass() {
      const passed = current()
      if (passed.kind === 'closed') {
        return function count(health) {
          if (state.kind !== 'closed' || health === 'neutral') return
          // The clock is read for failures only: every call passes here, and most are answered.
          if (health === 'failing' && clock.monotonicMs() >= state.untilMs) state = closed()
          state.attempts += 1
          if (health === 'alive') {
            state.failuresInARow = 0
            return
          }
          state.failures += 1
          state.failuresInARow += 1
          // What was answered before an outage says nothing of it.
          const isDown = state.failuresInARow >= MIN_ATTEMPTS
          const isFailing = state.failures >= FAILURE_RATIO * state.attempts
          if (isDown || (state.attempts >= MIN_ATTEMPTS && isFailing)) open(FIRST_OPEN_MS)
        }
      }
      if (passed.kind === 'open' || passed.isProbing) return null
      passed.isProbing = true
      return function endProbe(health) {
        if (state !== passed) return
        if (health === 'alive') become(closed())
        else if (health === 'failing') open(Math.min(LONGEST_OPEN_MS, 2 * passed.openMs))
        else passed.isProbing = false
      }
    },
  }
}
