/** Retries that may be made before anything was answered: enough for single calls, little for an upstream. */
export const MAX_RETRIES = 20
/** What an answered attempt earns: retries are at most a tenth of what is answered. */
export const RETRIES_PER_ANSWER = 0.1

/**
 * Bounds the retries against one address, over all calls. An upstream that answers nothing gets
 * {@link MAX_RETRIES} more attempts than calls, and then none, whatever the load: retries of many clients are what
 * keeps an upstream down that would get up.
 *
 * @see https://sre.google/sre-book/handling-overload/
 */
export interface RetryBudget {
  /** Takes one retry, if one is left. */
  trySpend(): boolean
  /** An attempt was answered. */
  earn(): void
}

export function createRetryBudget(): RetryBudget {
  let retries = MAX_RETRIES
  return {
    trySpend() {
      if (retries < 1) return false
      retries -= 1
      return true
    },
    earn() {
      retries = Math.min(MAX_RETRIES, retries + RETRIES_PER_ANSWER)
    },
  }
}
