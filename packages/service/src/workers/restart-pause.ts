/** A worker that ran so long was sound: whatever ended it, the next one may begin at once. */
const SOUND_AFTER_MS = 60_000
const FIRST_PAUSE_MS = 100
/** Longer, and an operator who has mended the cause would wait for nothing. */
const LONGEST_PAUSE_MS = 10_000

/** What is known of the worker whose place is empty. */
export interface EndedWorker {
  /** Since it was ready; null when it never was. */
  readonly ranForMs: number | null
  /** 0 is an orderly end, such as that of a worker which an operator sent SIGTERM. */
  readonly exitCode: number | null
}

/** Workers that failed one after the other in one place, this one included. */
export function countFailures(before: number, { ranForMs, exitCode }: EndedWorker): number {
  if (exitCode === 0 && ranForMs !== null) return 0
  return (ranForMs ?? 0) >= SOUND_AFTER_MS ? 1 : before + 1
}

/** How long its place stays empty: a worker that cannot start must not take the processor from those that run. */
export function restartPauseMs(failuresInARow: number): number {
  if (failuresInARow === 0) return 0
  return Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (failuresInARow - 1))
}
