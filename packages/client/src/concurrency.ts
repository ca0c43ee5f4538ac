import pLimit from 'p-limit'
import type { AttemptEnd } from './attempt-outcome.ts'
import type { Attempt } from './call.ts'

export interface ConcurrencyParts {
  /** Most attempts in flight at a time. */
  readonly concurrency: number
}

/** Holds a slot for each attempt in flight. The queue above admits no more than there are: nobody waits here. */
export function withConcurrencyLimit(
  { concurrency }: ConcurrencyParts,
  next: (attempt: Attempt) => Promise<AttemptEnd>,
): (attempt: Attempt) => Promise<AttemptEnd> {
  const limit = pLimit(concurrency)
  return (attempt) => limit(next, attempt)
}
