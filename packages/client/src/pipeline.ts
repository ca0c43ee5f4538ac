import { type AttemptParts, withAttemptTimeout } from './attempt.ts'
import type { Answer } from './attempt-outcome.ts'
import { withCircuitBreaker } from './breaker-stage.ts'
import { type BudgetStageParts, withRateBudget } from './budget/budget-stage.ts'
import type { Call } from './call.ts'
import { type ConcurrencyParts, withConcurrencyLimit } from './concurrency.ts'
import { withDeadline } from './deadline.ts'
import { type HostedReasonParts, withHostedReasons } from './hosted-reasons.ts'
import { type JournalStageParts, withJournal } from './journal/with-journal.ts'
import { type PriorityQueueParts, withPriorityQueue } from './priority-queue.ts'
import { type RetryLoopParts, withRetries } from './retry-loop.ts'

export type PipelineParts = JournalStageParts &
  HostedReasonParts &
  RetryLoopParts &
  PriorityQueueParts &
  BudgetStageParts &
  ConcurrencyParts &
  AttemptParts

/**
 * The life of a call, from top to bottom: each stage calls the one below it. Above the retry loop a stage sees
 * a call once, below it once for every attempt.
 */
export function createPipeline(parts: PipelineParts): (call: Call) => Promise<Answer> {
  return withDeadline(
    parts,
    withJournal(
      parts,
      withHostedReasons(
        parts,
        withRetries(
          parts,
          withPriorityQueue(
            parts,
            withRateBudget(
              parts,
              withConcurrencyLimit(
                parts,
                withCircuitBreaker(
                  withAttemptTimeout(parts), //
                ),
              ),
            ),
          ),
        ),
      ),
    ),
  )
}
