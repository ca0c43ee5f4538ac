import type { CouponCode } from '@coupon-gateway/coupon-code'
import type { Answer } from '../attempt-outcome.ts'
import { isUpstreamError } from '../upstream-error.ts'
import type { ValidateResult } from '../validate.ts'
import type { Journal } from './journal.ts'
import { isRestored, type RestorableSettings } from './restorable-settings.ts'
import { finishRollback, type RollbackRow, readRollback } from './rollback-row.ts'

/** The calls that a rollback is made of. Each ends by its deadline. */
export interface RollbackCalls {
  readonly look: (code: CouponCode, deadlineMs: number) => Promise<ValidateResult>
  readonly deleteCoupon: (code: CouponCode, deadlineMs: number) => Promise<Answer>
  readonly createCoupon: (
    code: CouponCode,
    settings: RestorableSettings,
    deadlineMs: number,
  ) => Promise<Answer>
}

export interface Rollbacks {
  /**
   * Goes on with a rollback as far as it gets. Whoever comes after a crash does the same: a step that may have been
   * done is repeated, and neither can be done twice, since a code stands for one coupon at a time.
   *
   * @returns the rollback as it is then; null when another process is at it
   */
  advance(redemptionKey: string, deadlineMs: number): Promise<RollbackRow | null>
  /** Goes on with those that nobody is at. */
  advanceAll(deadlineMs: number): Promise<void>
}

export function createRollbacks(
  journal: Journal,
  { look, deleteCoupon, createCoupon }: RollbackCalls,
  { settleDelayMs, attemptTimeoutMs }: { settleDelayMs: number; attemptTimeoutMs: number },
): Rollbacks {
  async function advance(redemptionKey: string, deadlineMs: number): Promise<RollbackRow | null> {
    const before = await read(redemptionKey)
    if (before?.step !== 'DELETE' && before?.step !== 'CREATE') return before
    const row = await take(redemptionKey, deadlineMs)
    if (row === null) return null
    try {
      if (row.step === 'DELETE') await deleteOld(row, deadlineMs)
      const next = await read(redemptionKey)
      if (next?.step === 'CREATE' && next.createInMs <= 0) await createNew(next, deadlineMs)
      return await read(redemptionKey)
    } finally {
      await change(redemptionKey, 'worked_until = null')
    }
  }

  /** Marks it as one's own. */
  async function take(redemptionKey: string, deadlineMs: number): Promise<RollbackRow | null> {
    return journal.transaction(async (transaction) => {
      const taken = await transaction.query(
        `update journal_rollback set worked_until = clock_timestamp() + $2 * interval '1 millisecond'
         where idempotency_key = $1 and (worked_until is null or worked_until <= clock_timestamp())
         returning code`,
        // Two steps, and the last attempt of each may outlast its deadline.
        [redemptionKey, 2 * (deadlineMs + attemptTimeoutMs)],
      )
      return taken.length === 0 ? null : readRollback(transaction, redemptionKey)
    })
  }

  async function deleteOld(row: RollbackRow, deadlineMs: number): Promise<void> {
    const { idempotencyKey, code } = row
    // Written before it is sent: whoever finds it after a crash waits for a deletion that may be on its way.
    await change(
      idempotencyKey,
      `create_after = greatest(create_after, clock_timestamp() + $2 * interval '1 millisecond')`,
      deadlineMs + settleDelayMs,
    )
    const answer = await answerOf(deleteCoupon(code, deadlineMs))
    if (answer === null) {
      // It is sent again later, and may arrive until then.
      await change(
        idempotencyKey,
        `create_after = clock_timestamp() + greatest($2::int, $3::int) * interval '1 millisecond'`,
        settleDelayMs,
        row.createInMs,
      )
      return
    }
    // Refused, it was deleted by an earlier sending, or by somebody else.
    const isOnlySending = row.createInMs <= 0 && answer === 'done'
    await change(
      idempotencyKey,
      isOnlySending ? `step = 'CREATE', create_after = null` : `step = 'CREATE'`,
    )
  }

  async function createNew(row: RollbackRow, deadlineMs: number): Promise<void> {
    const { idempotencyKey, code, settings } = row
    const answer = await answerOf(createCoupon(code, settings, deadlineMs))
    if (answer === 'done') return journal.transaction((it) => finishRollback(it, row))
    // Lost, or refused because the code is taken: by the coupon that an earlier sending made, if it looks like it.
    const seen = await look(code, deadlineMs)
    if (seen.outcome === 'usable' && isRestored(seen.coupon, settings)) {
      return journal.transaction((it) => finishRollback(it, row))
    }
    if (answer === null) return
    await change(
      idempotencyKey,
      `step = 'NEEDS_REVIEW', problem = 'the upstream refuses to create the coupon again: its code is taken by another one, or a setting is not accepted'`,
    )
  }

  function read(redemptionKey: string): Promise<RollbackRow | null> {
    return journal.transaction((it) => readRollback(it, redemptionKey))
  }

  async function change(
    redemptionKey: string,
    assignments: string,
    ...parameters: number[]
  ): Promise<void> {
    await journal.transaction((it) =>
      it.query(`update journal_rollback set ${assignments} where idempotency_key = $1`, [
        redemptionKey,
        ...parameters,
      ]),
    )
  }

  return {
    advance,
    async advanceAll(deadlineMs) {
      const open = await journal.transaction((it) =>
        it.query<{ key: string }>(
          `select idempotency_key as key from journal_rollback
           where (worked_until is null or worked_until <= clock_timestamp())
             and (step = 'DELETE' or step = 'CREATE' and coalesce(create_after <= clock_timestamp(), true))
           limit 20`,
        ),
      )
      await Promise.allSettled(open.map(({ key }) => advance(key, deadlineMs)))
    },
  }
}

/** null: it may or may not have been done. */
async function answerOf(call: Promise<Answer>): Promise<'done' | 'rejected' | null> {
  try {
    return (await call).kind === 'done' ? 'done' : 'rejected'
  } catch (error) {
    if (isUpstreamError(error) && error.code === 'OUTCOME_UNKNOWN') return null
    // It would be refused again, however often it is sent.
    if (isUpstreamError(error) && error.code === 'INVALID_INPUT') return 'rejected'
    throw error
  }
}
