import type { Failure } from '../gateway/failure.ts'
import type { Redemption, Refusal, WriteResult } from '../gateway/write-result.ts'
import { FAILURE_TEXTS } from '../texts/failures.ts'

/**
 * A write that was decided on and has no answer yet. It is kept, with its key, before it is sent first: whatever
 * happens to the page, the same key goes out again, and the write takes effect once.
 */
export interface PendingWrite {
  readonly key: string
  /** Tries that came to an end. */
  readonly tries: number
  /** Whether one of them may have had its effect, its answer lost. */
  readonly mayHaveHappened: boolean
  /** Why the last one did not settle it; null before the first. */
  readonly trouble: Trouble | null
  /** When to try next, in milliseconds since 1970; 0 is at once. */
  readonly dueAtMs: number
}

export type Trouble =
  | { readonly kind: 'failure'; readonly failure: Failure }
  /** The gateway knows the request, and not yet what became of it. */
  | { readonly kind: 'unsettled' }

export type Verdict =
  | { readonly kind: 'done'; readonly redemption: Redemption }
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  | { readonly kind: 'open'; readonly write: PendingWrite }
  /** It did not happen, and repeating does not help. */
  | { readonly kind: 'stopped'; readonly failure: Failure }

/** An answer, with what deciding about it takes from outside. */
export interface WriteAnswer {
  readonly key: string
  readonly result: WriteResult
  readonly nowMs: number
  /** From 0 to 1, so that pages which lost their answers together do not ask again together. */
  readonly random: number
}

const FIRST_PAUSE_MS = 1_000
const LONGEST_PAUSE_MS = 30_000

export function newWrite(key: string): PendingWrite {
  return { key, tries: 0, mayHaveHappened: false, trouble: null, dueAtMs: 0 }
}

/** The write, to be tried at once. */
export function hurried(write: PendingWrite): PendingWrite {
  return { ...write, dueAtMs: 0 }
}

/** What an answer means for the write that waited for it. */
export function judge(write: PendingWrite, { result, nowMs, random }: WriteAnswer): Verdict {
  switch (result.kind) {
    case 'done':
      // Nothing is handed out on it.
      return result.redemption.status === 'PENDING'
        ? { kind: 'open', write: again({ kind: 'unsettled' }, true, 0) }
        : { kind: 'done', redemption: result.redemption }
    case 'refused':
      return result.refusal.code === 'IDEMPOTENCY_CONCURRENT_REQUEST'
        ? { kind: 'open', write: again({ kind: 'unsettled' }, true, 0) }
        : { kind: 'refused', refusal: result.refusal }
    case 'failed': {
      const { failure } = result
      const { next, mayHaveHappened } = FAILURE_TEXTS[failure.code]
      // That this try had no effect says nothing of an earlier one: only the key's own answer does.
      if (next === 'stop' && !write.mayHaveHappened) return { kind: 'stopped', failure }
      const trouble = { kind: 'failure', failure } as const
      return { kind: 'open', write: again(trouble, mayHaveHappened, failure.retryAfterMs ?? 0) }
    }
    default:
      throw new TypeError(`Unknown result: ${JSON.stringify(result satisfies never)}`)
  }

  function again(trouble: Trouble, mayHaveHappened: boolean, leastPauseMs: number): PendingWrite {
    const pauseMs = pauseAfter(write.tries + 1, random)
    return {
      key: write.key,
      tries: write.tries + 1,
      mayHaveHappened: write.mayHaveHappened || mayHaveHappened,
      trouble,
      dueAtMs: nowMs + Math.max(pauseMs, leastPauseMs),
    }
  }
}

/** Doubles from a second to half a minute, each between half and the whole of it. */
export function pauseAfter(tries: number, random: number): number {
  const longest = Math.min(FIRST_PAUSE_MS * 2 ** (tries - 1), LONGEST_PAUSE_MS)
  return longest * (0.5 + random / 2)
}
