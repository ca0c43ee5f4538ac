import type { CouponCode } from '@coupon-gateway/coupon-code'
import type { Clock } from '../clock.ts'
import type { ValidateResult } from '../validate.ts'
import { createJournal, type Journal } from './journal.ts'
import type { ResolvedJournalOptions } from './journal-options.ts'
import { createReconciler, type Reconciler } from './reconciler.ts'

/** What the journal's stage of the pipeline is made of. */
export interface JournalStage {
  readonly journal: Journal
  readonly reconciler: Reconciler
  /** Validates past every cache: the answer must be younger than the question. */
  readonly look: (code: CouponCode, deadlineMs: number) => Promise<ValidateResult>
  /** Ends the rounds and the lease. The database stays open: it is its owner's. */
  close(): Promise<void>
}

export interface JournalStageOptions extends ResolvedJournalOptions {
  readonly clock: Clock
  readonly attemptTimeoutMs: number
  readonly deadlineMs: number
  readonly look: JournalStage['look']
}

export function openJournalStage(options: JournalStageOptions): JournalStage {
  const journal = createJournal(options)
  const reconciler = createReconciler({ ...options, journal })
  reconciler.start()
  return {
    journal,
    reconciler,
    look: options.look,
    async close() {
      await reconciler.stop()
      await journal.close()
    },
  }
}
