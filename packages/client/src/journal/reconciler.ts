import type { CouponCode } from '@coupon-gateway/coupon-code'
import type { Clock } from '../clock.ts'
import type { ValidateResult } from '../validate.ts'
import type { Journal } from './journal.ts'
import { forgetOld } from './retention.ts'
import type { Rollbacks } from './rollback.ts'

export interface Reconciler {
  /**
   * Looks at a coupon and settles what that proves of its open redemptions, unless somebody has just done so.
   *
   * @returns whether it looked
   * @throws AnyUpstreamError the upstream could not be asked
   */
  settle(code: CouponCode, deadlineMs: number): Promise<boolean>
  /** One round: writes ends that could not be written, settles what is due, goes on with rollbacks. */
  runRound(): Promise<void>
  /** Runs rounds from now on, until it is stopped. */
  start(): void
  /** Ends with the round that is under way. */
  stop(): Promise<void>
}

export interface ReconcilerParts {
  readonly journal: Journal
  readonly rollbacks: Rollbacks
  readonly clock: Clock
  readonly look: (code: CouponCode, deadlineMs: number) => Promise<ValidateResult>
  readonly reconcileIntervalMs: number
  readonly settleDelayMs: number
  readonly retentionMs: number
  readonly deadlineMs: number
}

/** Most coupons of one round, so that a round after a long outage does not use up the rate budget. */
const COUPONS_A_ROUND = 50
/** Looks at a coupon during a settle delay, at most: each costs a call. */
const LOOKS_A_DELAY = 20
const FORGET_EVERY_MS = 600_000

/**
 * Settles redemptions without an answer. All processes of a journal do: whoever looks at a coupon marks it, and the
 * others pass it by.
 */
export function createReconciler(parts: ReconcilerParts): Reconciler {
  const { journal, clock, look, reconcileIntervalMs, settleDelayMs } = parts
  const markMs = Math.max(reconcileIntervalMs, settleDelayMs / LOOKS_A_DELAY)
  let stopTimer = () => {}
  let round: Promise<void> = Promise.resolve()
  let isStopped = true
  let forgotAtMs = Number.NEGATIVE_INFINITY

  async function settle(code: CouponCode, deadlineMs: number): Promise<boolean> {
    const isOurs = await journal.transaction(async (transaction) => {
      const rows = await transaction.query(
        `update journal_coupon set settling_until = clock_timestamp() + $2 * interval '1 millisecond'
         where code = $1 and (settling_until is null or settling_until <= clock_timestamp())
         returning code`,
        [code, markMs],
      )
      return rows.length > 0
    })
    if (!isOurs) return false
    const snapshot = await journal.takeSnapshot(code)
    if (snapshot.pendingKeys.length === 0) return true
    await journal.apply(snapshot, await look(code, deadlineMs), null)
    return true
  }

  async function findDueCodes(): Promise<CouponCode[]> {
    const rows = await journal.transaction((transaction) =>
      transaction.query<{ code: CouponCode }>(
        `select distinct e.code from journal_entry e
           left join journal_owner o on o.id = e.owner
           join journal_coupon c on c.code = e.code
         where (e.state = 'PENDING' and e.settle_after <= clock_timestamp()
             or e.state = 'SENDING' and (o.id is null or o.alive_until <= clock_timestamp()))
           and (c.settling_until is null or c.settling_until <= clock_timestamp())
         limit ${COUPONS_A_ROUND}`,
      ),
    )
    return rows.map(({ code }) => code)
  }

  async function runRound(): Promise<void> {
    await journal.writeKeptEnds()
    // Side by side: the pipeline below decides how many calls may be in flight.
    await Promise.allSettled((await findDueCodes()).map((code) => settle(code, parts.deadlineMs)))
    await parts.rollbacks.advanceAll(parts.deadlineMs)
    if (clock.monotonicMs() - forgotAtMs >= FORGET_EVERY_MS) {
      forgotAtMs = clock.monotonicMs()
      await journal.transaction((transaction) => forgetOld(transaction, parts.retentionMs))
    }
  }

  function runLater(): void {
    stopTimer = clock.startTimer(reconcileIntervalMs, () => {
      // What a round cannot do, the next one tries again.
      round = runRound()
        .catch(() => {})
        .then(() => {
          if (!isStopped) runLater()
        })
    })
  }

  return {
    settle,
    runRound,
    start() {
      isStopped = false
      runLater()
    },
    async stop() {
      isStopped = true
      stopTimer()
      await round
    },
  }
}
