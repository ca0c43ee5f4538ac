import type { Answer } from '../attempt-outcome.ts'
import type { TimedCall } from '../call.ts'
import type { Clock } from '../clock.ts'
import { OutcomeUnknownError } from '../upstream-error.ts'
import { toWireRequest } from '../wire-request.ts'
import { findHold, releaseHold } from './holds.ts'
import { doneWith, rejectedFor, throwUnreachable } from './local-verdict.ts'
import type { JournalStage } from './open-journal-stage.ts'
import type { RedeemWish } from './redeem-once.ts'
import { findRecord, findRecordById, recordOfHold } from './redemption-view.ts'
import { createReserve } from './reserve-unit.ts'
import { beginRollback } from './rollback-row.ts'

export interface HostedStepParts
  extends Pick<JournalStage, 'journal' | 'reconciler' | 'rollbacks' | 'look'> {
  readonly clock: Clock
  readonly redeemOnce: (call: TimedCall, wish: RedeemWish) => Promise<Answer>
}

/** Longest pause between two looks at a rollback that another process makes. */
const POLL_MS = 100

/** Reservations, rollbacks and look-ups of a hosted upstream, which has none: answered as a native one would. */
export function createHostedSteps(parts: HostedStepParts) {
  const { journal, clock, redeemOnce, rollbacks } = parts
  const reserve = createReserve(parts)

  async function find(
    by: { readonly redemptionId: string } | { readonly idempotencyKey: string },
  ): Promise<Answer> {
    const record = await journal
      .transaction((it) =>
        'redemptionId' in by
          ? findRecordById(it, by.redemptionId)
          : findRecord(it, by.idempotencyKey),
      )
      .catch(throwUnreachable)
    return record === null ? rejectedFor('REDEMPTION_NOT_FOUND') : doneWith(record, false)
  }

  /** A reservation is confirmed by its redemption, under the reservation's own key. */
  async function confirm(call: TimedCall, reservationId: string): Promise<Answer> {
    const hold = await journal
      .transaction((it) => findHold(it, reservationId))
      .catch(throwUnreachable)
    if (hold === null) return rejectedFor('RESERVATION_NOT_FOUND')
    const { idempotencyKey, code, userId, memo } = hold
    const intent = { code, userId, memo, hasOnsitePassword: false }
    const request = toWireRequest(
      { method: 'PUT', resource: 'redeem', body: { cpnNo: code, userId: userId ?? undefined } },
      call.request.headers,
    )
    const effect = { kind: 'write', idempotencyKey } as const
    const answer = await redeemOnce(
      { ...call, request, effect },
      { idempotencyKey, intent, holdId: hold.id },
    )
    if (answer.kind === 'done') {
      const record = await journal.transaction((it) => findRecord(it, idempotencyKey))
      return doneWith(record, answer.replayed)
    }
    // Past its time a unit is taken if one is free. Before it, somebody past the journal may have taken it.
    const isUnitGone =
      answer.kind === 'rejected' && (answer.symbol === 'EXHAUSTED' || answer.symbol === 'ALL_HELD')
    return isUnitGone ? rejectedFor('RESERVATION_EXPIRED') : answer
  }

  async function release(reservationId: string): Promise<Answer> {
    const { hold, isReplay } = await journal
      .transaction(async (it) => {
        const before = await findHold(it, reservationId)
        return {
          hold: await releaseHold(it, reservationId),
          isReplay: before?.state === 'RELEASED',
        }
      })
      .catch(throwUnreachable)
    if (hold === null) return rejectedFor('RESERVATION_NOT_FOUND')
    return doneWith(recordOfHold(hold), isReplay)
  }

  async function rollBack(
    call: TimedCall,
    wish: {
      readonly idempotencyKey: string
      readonly redemptionId: string
      readonly reason: string
    },
  ): Promise<Answer> {
    const { idempotencyKey: rollbackKey, redemptionId: redemptionKey, reason } = wish
    const begun = await journal
      .transaction((it) => beginRollback(it, { redemptionKey, rollbackKey, reason }))
      .catch(throwUnreachable)
    switch (begun.kind) {
      case 'begun':
        break
      case 'key-reused':
        return { kind: 'key-reused' }
      case 'key-in-use':
        return { kind: 'key-in-use', retryAfterMs: null }
      case 'open':
        throw new OutcomeUnknownError(redemptionKey, null, undefined)
      case 'rejected':
        return rejectedFor(begun.reason)
      default:
        throw new Error(`unknown begin ${begun satisfies never}`)
    }
    for (;;) {
      const remainingMs = call.deadline.remainingMs()
      const row = remainingMs > 0 ? await rollbacks.advance(redemptionKey, remainingMs) : null
      if (row?.step === 'DONE') {
        const record = await journal.transaction((it) => findRecord(it, redemptionKey))
        return doneWith(record, begun.wasDone)
      }
      const pauseMs = Math.max(POLL_MS, row?.createInMs ?? 0)
      // It goes on by itself: the reconciler does what is due.
      if (row?.step === 'NEEDS_REVIEW' || pauseMs >= remainingMs || call.signal?.aborted) {
        throw new OutcomeUnknownError(rollbackKey, row === null ? null : pauseMs, undefined)
      }
      await clock.sleep(pauseMs, call.signal)
    }
  }

  return { find, reserve, confirm, release, rollBack }
}
