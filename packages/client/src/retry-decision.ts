import type { AttemptOutcome } from './attempt-outcome.ts'

/** Ceiling of the first pause: as AWS's SDKs have it since 2026; a restarting process answers again within a few. */
export const BASE_DELAY_MS = 50
/** The same after "too much work": the upstream asked for relief, so it gets four times as much. */
export const THROTTLED_BASE_DELAY_MS = 200
/** No ceiling grows past this: a call lives for seconds, and a longer pause would leave no time for an attempt. */
export const MAX_DELAY_MS = 2_000

export interface RetrySituation {
  readonly attemptOutcome: AttemptOutcome
  /** Number of the attempt that just ended, from 1. */
  readonly attempt: number
  readonly maxAttempts: number
  /** A second arrival of the same request has no second effect. */
  readonly isSafeToRepeat: boolean
  /** A write was sent at least once, and nobody knows what became of it. */
  readonly mayHaveHadEffect: boolean
  /** Milliseconds until the call's deadline. */
  readonly remainingMs: number
  /** Uniform in [0, 1). */
  readonly random: () => number
}

export type RetryDecision =
  | { readonly action: 'retry'; readonly delayMs: number }
  | { readonly action: 'stop' }

/**
 * Whether another attempt follows, and after which pause.
 *
 * The pause has full jitter, so that callers who failed together do not come back together; `Retry-After`
 * is a floor below it, never shortened. A pause that does not end before the deadline is not begun.
 *
 * @see https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 */
export function decideRetry(situation: RetrySituation): RetryDecision {
  const { attemptOutcome: outcome, attempt, maxAttempts, remainingMs, random } = situation

  if (!isWorthRepeating(outcome, situation)) return { action: 'stop' }
  if (attempt >= maxAttempts) return { action: 'stop' }

  const baseMs = outcome.kind === 'throttled' ? THROTTLED_BASE_DELAY_MS : BASE_DELAY_MS
  const floorMs = 'retryAfterMs' in outcome ? (outcome.retryAfterMs ?? 0) : 0
  const delayMs = floorMs + random() * Math.min(MAX_DELAY_MS, baseMs * 2 ** (attempt - 1))
  return delayMs < remainingMs ? { action: 'retry', delayMs } : { action: 'stop' }
}

function isWorthRepeating(
  outcome: AttemptOutcome,
  { isSafeToRepeat, mayHaveHadEffect }: RetrySituation,
): boolean {
  switch (outcome.kind) {
    // Nothing was carried out, so nothing can be carried out twice.
    case 'never-sent':
    case 'throttled':
      return true
    // It may have been carried out, or is being so: only a read or a key that the upstream keeps may follow.
    case 'transient':
    case 'key-in-use':
      return isSafeToRepeat
    // An upstream that is down is no reason to wait, but for an outcome that only it can tell.
    case 'not-tried':
      return isSafeToRepeat && mayHaveHadEffect
    case 'answered':
    case 'failed':
      return false
    default:
      throw new Error(`unknown outcome ${outcome satisfies never}`)
  }
}
