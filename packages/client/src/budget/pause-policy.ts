/** Without a `Retry-After`: the contract advises to back off exponentially, and says no more. */
const FIRST_PAUSE_MS = 1_000
/** The shortest window is a minute: by then something is free again. */
const LONGEST_GUESS_MS = 60_000
/** Whatever a header says, the longest window is a day. */
const LONGEST_PAUSE_MS = 86_400_000

/** Decides for how long a 429 stops all calls of the key. */
export interface PausePolicy {
  /**
   * @param retryAfterMs what the upstream said, which wins over every guess; null if nothing
   * @param startedAtMs of the attempt: one that was under way when the pause began is no news
   * @returns what is left of the pause, and whether this answer began it
   */
  onThrottled(
    retryAfterMs: number | null,
    startedAtMs: number,
    nowMs: number,
  ): { readonly durationMs: number; readonly isNew: boolean }
  /** A call was let in. */
  onAnswered(): void
}

export function createPausePolicy(random: () => number): PausePolicy {
  let throttledInARow = 0
  let beganAtMs = Number.NEGATIVE_INFINITY
  let untilMs = Number.NEGATIVE_INFINITY
  return {
    onThrottled(retryAfterMs, startedAtMs, nowMs) {
      const isNews = startedAtMs > beganAtMs
      if (retryAfterMs === null && !isNews) {
        return { durationMs: Math.max(0, untilMs - nowMs), isNew: false }
      }
      if (isNews) throttledInARow += 1
      const guessMs = Math.min(LONGEST_GUESS_MS, FIRST_PAUSE_MS * 2 ** (throttledInARow - 1))
      const durationMs =
        retryAfterMs === null
          ? guessMs * (0.5 + 0.5 * random())
          : Math.min(LONGEST_PAUSE_MS, retryAfterMs)
      beganAtMs = nowMs
      untilMs = Math.max(untilMs, nowMs + durationMs)
      return { durationMs, isNew: true }
    },
    onAnswered() {
      throttledInARow = 0
    },
  }
}
