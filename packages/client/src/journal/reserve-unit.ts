import type { Answer } from '../attempt-outcome.ts'
import type { TimedCall } from '../call.ts'
import type { Clock } from '../clock.ts'
import { InvalidInputError } from '../upstream-error.ts'
import { findHoldOfRequest, type HoldOutcome, holdUnit } from './holds.ts'
import { doneWith, rejectedFor, throwUnreachable } from './local-verdict.ts'
import { requireRoomForKey } from './memo-key.ts'
import { daysAround } from './observed-count.ts'
import type { JournalStage } from './open-journal-stage.ts'
import type { RedemptionIntent } from './redemption-intent.ts'
import { findRejectionReason, readRejectionFacts } from './rejection-reason.ts'

export interface ReserveParts extends Pick<JournalStage, 'journal' | 'look'> {
  readonly clock: Clock
}

/** A unit that is to be set aside once for its key. */
export interface ReserveWish {
  readonly idempotencyKey: string
  readonly intent: RedemptionIntent
  /** Null: as long as a native upstream would hold it. */
  readonly ttlSeconds: number | null
}

/** As a native upstream has them. */
const DEFAULT_TTL_SECONDS = 900
const MAX_TTL_SECONDS = 86_400

/** Sets units aside in the journal, for an upstream that knows no reservations: it is only looked at. */
export function createReserve({
  journal,
  look,
  clock,
}: ReserveParts): (call: TimedCall, wish: ReserveWish) => Promise<Answer> {
  return async function reserve(call, { idempotencyKey, intent, ttlSeconds }) {
    refusePassword(intent)
    refuseDuration(ttlSeconds)
    requireRoomForKey(intent.memo, idempotencyKey)
    const known = await journal
      .transaction((it) => findHoldOfRequest(it, idempotencyKey, intent))
      .catch(throwUnreachable)
    if (known !== null) return toAnswer(known)
    const snapshot = await journal.takeSnapshot(intent.code).catch(throwUnreachable)
    const seen = await look(intent.code, call.deadline.remainingMs())
    const coupon = await journal.apply(snapshot, seen, null).catch(throwUnreachable)
    if (seen.outcome === 'rejected') {
      if (seen.reason !== 'UNKNOWN') return rejectedFor(seen.reason)
      const facts = await journal.transaction((it) => readRejectionFacts(it, intent))
      const days = daysAround(clock.epochMs())
      const reason = findRejectionReason({ ...facts, coupon, intent, days, wasUsable: false })
      return rejectedFor(reason, seen.upstreamCode, seen.upstreamMessage)
    }
    if (seen.coupon.requiresOnsitePassword) refusePassword({ ...intent, hasOnsitePassword: true })
    const held = await journal
      .transaction((it) => holdUnit(it, idempotencyKey, intent, ttlSeconds ?? DEFAULT_TTL_SECONDS))
      .catch(throwUnreachable)
    return toAnswer(held)
  }
}

function toAnswer(held: HoldOutcome): Answer {
  switch (held.kind) {
    case 'held': {
      const { id, expiresAt } = held.hold
      const result = { reservationId: id, expiresAt: expiresAt.toISOString(), ordinal: null }
      return doneWith(result, held.isReplay)
    }
    case 'key-reused':
      return { kind: 'key-reused' }
    case 'rejected':
      return rejectedFor(held.reason)
    default:
      throw new Error(`unknown hold ${held satisfies never}`)
  }
}

/** Nobody else checks it: nothing of a reservation is sent. */
function refuseDuration(ttlSeconds: number | null): void {
  if (ttlSeconds === null) return
  if (Number.isInteger(ttlSeconds) && ttlSeconds >= 1 && ttlSeconds <= MAX_TTL_SECONDS) return
  throw new InvalidInputError([
    {
      field: 'ttlSeconds',
      problem: 'is not a duration that a unit can be held for',
      allowed: `an integer from 1 to ${MAX_TTL_SECONDS}`,
    },
  ])
}

/** The password of a shop would have to be kept until the confirmation, and none is kept. */
function refusePassword({ hasOnsitePassword }: RedemptionIntent): void {
  if (!hasOnsitePassword) return
  throw new InvalidInputError([
    {
      field: 'onsitePassword',
      problem: 'cannot be kept until the confirmation',
      allowed: 'a coupon without an on-site password; one with it is redeemed at once',
    },
  ])
}
