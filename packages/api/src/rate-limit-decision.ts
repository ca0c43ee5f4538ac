import { WINDOW_SECONDS, type WindowName } from './plans.ts'

/** Where one window of a key stands. */
export interface WindowState {
  readonly window: WindowName
  readonly limit: number
  readonly remaining: number
  /** Unix time in milliseconds at which it starts anew. */
  readonly resetsAtMs: number
}

/** What becomes of one call: it is let through when every window has room for it. */
export interface RateLimitDecision {
  readonly isAllowed: boolean
  /** After this call, from the shortest window. A refused call has taken nothing. */
  readonly windows: readonly WindowState[]
}

/** A window with this call in it, as the store counted it, and before anybody decided. */
export interface CountedWindow {
  readonly window: WindowName
  readonly limit: number
  /** Calls in the window, this one included. */
  readonly calls: number
  readonly resetsAtMs: number
}

/** Allowed when no window is over its limit; else this call is taken out of all of them again. */
export function decide(counted: readonly CountedWindow[]): RateLimitDecision {
  const isAllowed = counted.every(({ calls, limit }) => calls <= limit)
  return {
    isAllowed,
    windows: counted.map(({ window, limit, calls, resetsAtMs }) => ({
      window,
      limit,
      remaining: Math.max(0, limit - (isAllowed ? calls : calls - 1)),
      resetsAtMs,
    })),
  }
}

/** When a refused key has room in every window again: when the last of its full windows starts anew. */
export function allowedAgainAtMs({ windows }: RateLimitDecision): number {
  return Math.max(
    ...windows.filter(({ remaining }) => remaining === 0).map(({ resetsAtMs }) => resetsAtMs),
  )
}

/** An earlier refusal as it is to be told now: windows that ended since then are empty. */
export function refreshRefusal(refusal: RateLimitDecision, nowMs: number): RateLimitDecision {
  return {
    isAllowed: false,
    windows: refusal.windows.map((state) =>
      state.resetsAtMs > nowMs
        ? state
        : {
            ...state,
            remaining: state.limit,
            resetsAtMs: nowMs + WINDOW_SECONDS[state.window] * 1000,
          },
    ),
  }
}

/**
 * The headers of a decision. `RateLimit-Policy` and `RateLimit` name all three windows. `X-RateLimit-*` are those
 * of the window with the fewest calls left, `-Reset` in seconds from now, as `t` is.
 *
 * @see https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/ revision 10
 */
export function rateLimitHeaders(
  decision: RateLimitDecision,
  nowMs: number,
): Readonly<Record<string, string | number>> {
  const { windows } = decision
  const [first] = windows.toSorted(
    (a, b) => a.remaining - b.remaining || b.resetsAtMs - a.resetsAtMs,
  )
  if (first === undefined) throw new Error('a decision without windows')
  return {
    'RateLimit-Policy': windows
      .map(({ window, limit }) => `"${window}";q=${limit};w=${WINDOW_SECONDS[window]}`)
      .join(', '),
    RateLimit: windows
      .map(
        ({ window, remaining, resetsAtMs }) =>
          `"${window}";r=${remaining};t=${secondsUntil(resetsAtMs, nowMs)}`,
      )
      .join(', '),
    'X-RateLimit-Limit': first.limit,
    'X-RateLimit-Remaining': first.remaining,
    'X-RateLimit-Reset': secondsUntil(first.resetsAtMs, nowMs),
  }
}

/** Rounded up: a caller that waits so long finds the window open. */
export function secondsUntil(momentMs: number, nowMs: number): number {
  return Math.max(1, Math.ceil((momentMs - nowMs) / 1000))
}
