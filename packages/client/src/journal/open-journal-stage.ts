import type { CouponCode } from '@coupon-gateway/coupon-code'
import type { Clock } from '../clock.ts'
import type { ValidateResult } from '../validate.ts'
import { createJournal, type Journal } from './journal.ts'
import type { ResolvedJournalOptions } from './journal-options.ts'
import { createReconciler, type Reconciler } from './reconciler.ts'
import { createRollbacks, type RollbackCalls, type Rollbacks } from './rollback.ts'

/** What the journal's stage of the pipeline is made of. */
export interface JournalStage {
  readonly journal: Journal
  readonly reconciler: Reconciler
  readonly rollbacks: Rollbacks
  /** Validates past every cache: the answer must be younger than the question. */
  readonly look: (code: CouponCode, deadlineMs: number) => Promise<ValidateResult>
  /** Ends the rounds and the lease. The database stays open: it is its owner's. */
  close(): Promise<void>
}

export interface JournalStageOptions extends ResolvedJournalOptions, RollbackCalls {
  readonly clock: Clock
  readonly attemptTimeoutMs: number
  readonly deadlineMs: number
}

export function openJournalStage(options: JournalStageOptions): JournalStage {
  const journal = createJournal(options)
  const rollbacks = createRollbacks(journal, options, options)
  const reconciler = createReconciler({ ...options, journal, rollbacks })
  reconciler.start()
  return {
    journal,
    reconciler,
    rollbacks,
    look: options.look,
    async close() {
      await reconciler.stop()
      await journal.close()
    },
  }
}
