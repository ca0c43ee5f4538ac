/** Time, as the pipeline sees it. Tests bring their own, so that none of them waits. */
export interface Clock {
  /** Milliseconds since some moment; never goes back. Durations are differences of it. */
  monotonicMs(): number
  /** Milliseconds since 1970, to compare with the dates of HTTP headers. */
  epochMs(): number
  /** Calls back once after `delayMs`. The answer stops the timer. */
  startTimer(delayMs: number, callback: () => void): () => void
  /** Ends after `delayMs`, or as soon as the signal fires: whoever sleeps looks at the signal afterwards. */
  sleep(delayMs: number, signal: AbortSignal | undefined): Promise<void>
}

/** Longest delay of a timer in Node; a longer one would fire at once. */
export const MAX_TIMER_MS = 2 ** 31 - 1

export const systemClock: Clock = {
  monotonicMs: () => performance.now(),
  epochMs: () => Date.now(),
  startTimer,
  sleep(delayMs, signal) {
    return new Promise((resolve) => {
      if (signal?.aborted) return resolve()
      const wake = () => {
        stopTimer()
        signal?.removeEventListener('abort', wake)
        resolve()
      }
      const stopTimer = startTimer(delayMs, wake)
      signal?.addEventListener('abort', wake)
    })
  },
}

function startTimer(delayMs: number, callback: () => void): () => void {
  const timer = setTimeout(callback, Math.min(delayMs, MAX_TIMER_MS))
  return () => clearTimeout(timer)
}
