const FIRST_DELAY_MS = 5_000
/** An endpoint that came back is found within half of the night. */
const MAX_DELAY_MS = 4 * 60 * 60 * 1_000
/** An event that could not be delivered for a day is a dead letter. */
export const GIVE_UP_AFTER_MS = 24 * 60 * 60 * 1_000

export type RetryDecision =
  | { readonly kind: 'retry'; readonly delayMs: number }
  | { readonly kind: 'dead' }

/**
 * Decides about an event whose delivery has failed: delays double, and half of each is left to chance, so that what
 * failed together does not come again together. An event whose next attempt would be later than a day after it was
 * queued is given up.
 *
 * @param failures attempts of its lane that failed one after another, this one included: from 1
 * @param ageMs since the event was queued
 * @param random from 0 to below 1
 */
export function decideRetry(failures: number, ageMs: number, random: number): RetryDecision {
  // 2 ** 30 is long past the longest delay; more could leave what numbers hold.
  const ceilingMs = Math.min(MAX_DELAY_MS, FIRST_DELAY_MS * 2 ** Math.min(failures - 1, 30))
  const delayMs = Math.round(ceilingMs * (0.5 + random / 2))
  return ageMs + delayMs > GIVE_UP_AFTER_MS ? { kind: 'dead' } : { kind: 'retry', delayMs }
}
