import type { CouponCode } from '@coupon-gateway/coupon-code'
import type { Answer, Verdict } from '../attempt-outcome.ts'
import type { TimedCall, WireRequest } from '../call.ts'
import type { Clock } from '../clock.ts'
import { abortedByCaller } from '../deadline.ts'
import { isUpstreamError, OutcomeUnknownError, ThrottledError } from '../upstream-error.ts'
import type { ValidateResult } from '../validate.ts'
import type { Begun, Claim } from './begin.ts'
import type { JournalCoupon } from './journal-coupon.ts'
import type { Lease } from './lease.ts'
import { redeemedAs, rejectedFor, throwUnreachable } from './local-verdict.ts'
import { requireRoomForKey, writeKeyIntoMemo } from './memo-key.ts'
import { daysAround } from './observed-count.ts'
import type { JournalStage } from './open-journal-stage.ts'
import type { RedemptionIntent } from './redemption-intent.ts'
import { findRejectionReason, readRejectionFacts } from './rejection-reason.ts'
import type { Snapshot } from './snapshot.ts'

export interface RedeemOnceParts extends Pick<JournalStage, 'journal' | 'reconciler' | 'look'> {
  readonly clock: Clock
}

/** A redemption that is to happen once for its key. */
export interface RedeemWish {
  readonly idempotencyKey: string
  readonly intent: RedemptionIntent
  /** The reservation that is confirmed by it, if it is one. */
  readonly holdId: string | null
}

/** How often a joined redemption, or one that comes first, is looked at. */
const POLL_MS = 25

/**
 * Redeems once for a key, on an upstream that knows no keys. What is meant is written down before anything leaves,
 * and what became of it afterwards; what came to no answer is never sent again, but settled by evidence.
 *
 * @param next sends a call
 * @returns redeems; the call is the request of redeem, without the key in its memo
 */
export function createRedeemOnce(
  { journal, reconciler, look, clock }: RedeemOnceParts,
  next: (call: TimedCall) => Promise<Answer>,
): (call: TimedCall, wish: RedeemWish) => Promise<Answer> {
  return async function redeemOnce(call, { idempotencyKey, intent, holdId }) {
    requireRoomForKey(intent.memo, idempotencyKey)

    let hasTriedToSettle = false
    for (;;) {
      const { begun, lease } = await journal
        .begin(idempotencyKey, intent, holdId)
        .catch(throwUnreachable)
      switch (begun.kind) {
        case 'claimed':
          return makeAttempt(call, begun, lease)
        case 'key-reused':
          return { kind: 'key-reused' }
        case 'released':
          return rejectedFor('RESERVATION_NOT_FOUND')
        case 'all-held':
          return rejectedFor('ALL_HELD')
        case 'busy':
          if (await hasTimeToWait(call)) continue
          throw new ThrottledError('OVERLOADED', 'another redemption of the coupon is under way', 0)
        case 'blocked':
          if (!hasTriedToSettle) {
            hasTriedToSettle = true
            if (await settleNow(call, intent.code)) continue
          }
          throw new ThrottledError(
            'OVERLOADED',
            'the outcome of another redemption of the coupon is not known yet',
            begun.retryAfterMs,
          )
        case 'known':
          break
        default:
          throw new Error(`unknown begin ${begun satisfies never}`)
      }
      const { entry } = begun
      switch (entry.state) {
        case 'REDEEMED':
        case 'ROLLED_BACK':
          return redeemedAs(idempotencyKey, entry.redeemedAt, true)
        case 'SENDING':
          if (await hasTimeToWait(call)) continue
          return { kind: 'key-in-use', retryAfterMs: null }
        case 'PENDING':
          if (!hasTriedToSettle) {
            hasTriedToSettle = true
            if (await settleNow(call, intent.code)) continue
          }
          throw new OutcomeUnknownError(idempotencyKey, null, undefined)
        case 'NEEDS_REVIEW':
          throw new OutcomeUnknownError(idempotencyKey, null, undefined)
        default:
          throw new Error(`an entry that is ${entry.state} holds up its key`)
      }
    }
  }

  /** Nobody is to be told the same moment again: polls, as processes do not hear of each other. */
  async function hasTimeToWait(call: TimedCall): Promise<boolean> {
    if (call.deadline.remainingMs() <= POLL_MS) return false
    await clock.sleep(POLL_MS, call.signal)
    if (call.signal?.aborted) throw abortedByCaller(call)
    return true
  }

  async function makeAttempt(
    call: TimedCall,
    { claim, lookAfter }: Extract<Begun, { kind: 'claimed' }>,
    lease: Lease,
  ): Promise<Answer> {
    const { intent, idempotencyKey } = claim
    if (lookAfter !== null) {
      const refusal = await lookBeforeSending(call, claim, lookAfter)
      if (refusal !== null) return refusal
    }
    let answer: Answer
    try {
      answer = await next({
        ...call,
        request: withMemo(call.request, writeKeyIntoMemo(intent.memo, claim)),
        // Past the lease others may have settled it, so nothing of it may leave any more.
        deadline: {
          remainingMs: () => Math.min(call.deadline.remainingMs(), lease.remainingMs()),
        },
      })
    } catch (error) {
      if (isUpstreamError(error) && error.code !== 'OUTCOME_UNKNOWN') {
        await journal.conclude(claim, { kind: 'no-effect', evidence: 'NEVER_SENT' })
        throw error
      }
      await journal.conclude(claim, { kind: 'unknown' })
      return findOutcome(call, claim, error)
    }
    if (answer.kind === 'done') {
      await journal.conclude(claim, { kind: 'effect' })
      return redeemedAs(idempotencyKey, new Date(clock.epochMs()), false)
    }
    await journal.conclude(claim, { kind: 'no-effect', evidence: 'REJECTED' })
    return answer.kind === 'rejected' && answer.symbol === null
      ? nameReason(call, intent, answer)
      : answer
  }

  /** @returns the answer when the coupon cannot be used, and null when it may be sent */
  async function lookBeforeSending(
    call: TimedCall,
    claim: Claim,
    snapshot: Snapshot,
  ): Promise<Answer | null> {
    const { intent, idempotencyKey } = claim
    let seen: ValidateResult
    let coupon: JournalCoupon
    try {
      seen = await look(intent.code, call.deadline.remainingMs())
      coupon = await journal.apply(snapshot, seen, idempotencyKey).catch(throwUnreachable)
    } catch (error) {
      await journal.conclude(claim, { kind: 'no-effect', evidence: 'NEVER_SENT' })
      throw error
    }
    if (seen.outcome === 'usable') return null
    await journal.conclude(claim, { kind: 'no-effect', evidence: 'REJECTED' })
    if (seen.reason !== 'UNKNOWN') return rejectedFor(seen.reason)
    const reason = findRejectionReason({
      intent,
      coupon,
      days: daysAround(clock.epochMs()),
      wasUsable: false,
      hasUserRedeemed: false,
    })
    return rejectedFor(reason, seen.upstreamCode, seen.upstreamMessage)
  }

  /** The answer is lost, but what it would have said may show already. */
  async function findOutcome(call: TimedCall, claim: Claim, error: unknown): Promise<Answer> {
    const { idempotencyKey, intent } = claim
    if (await settleNow(call, intent.code)) {
      const entry = await journal.find(idempotencyKey).catch(() => null)
      if (entry?.state === 'REDEEMED') return redeemedAs(idempotencyKey, entry.redeemedAt, false)
    }
    throw isUpstreamError(error) ? error : new OutcomeUnknownError(idempotencyKey, null, error)
  }

  async function settleNow(call: TimedCall, code: CouponCode): Promise<boolean> {
    const remainingMs = call.deadline.remainingMs()
    if (remainingMs <= 0 || call.signal?.aborted) return false
    return reconciler.settle(code, remainingMs).catch(() => false)
  }

  async function nameReason(
    call: TimedCall,
    intent: RedemptionIntent,
    rejected: Extract<Verdict, { kind: 'rejected' }>,
  ): Promise<Answer> {
    try {
      const seen = await look(intent.code, call.deadline.remainingMs())
      const facts = await journal.transaction((it) => readRejectionFacts(it, intent))
      const symbol = findRejectionReason({
        ...facts,
        intent,
        days: daysAround(clock.epochMs()),
        wasUsable: seen.outcome === 'usable',
      })
      return { ...rejected, symbol }
    } catch {
      // It was refused, whether or not the reason can be found.
      return rejected
    }
  }
}

function withMemo(request: WireRequest, memo: string): WireRequest {
  return { ...request, body: JSON.stringify({ ...JSON.parse(request.body ?? '{}'), memo }) }
}
