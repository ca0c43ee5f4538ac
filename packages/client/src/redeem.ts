import { requireCode } from './call-input.ts'
import { isRecord } from './envelope.ts'
import type { RedemptionIntent } from './journal/redemption-intent.ts'
import type { KeyedInput, KeyedResult, WriteOperation } from './operation.ts'
import {
  nameRejection,
  type RejectedVerdict,
  type UnknownRejection,
  type WriteRefusal,
} from './rejection.ts'
import { VALIDATE_REJECTIONS } from './validate.ts'
import { integerOrNull, textOrNull } from './wire-value.ts'

export interface RedeemInput extends KeyedInput {
  /** As typed: hyphens, spaces and lower case are fine. */
  readonly code: string
  /** The redeeming user; a coupon limited to 2 or more demands one. */
  readonly userId?: string | null | undefined
  /** Internal note, at most 500 characters. */
  readonly memo?: string | null | undefined
  /** What staff typed in the shop; a coupon with an on-site password demands it. */
  readonly onsitePassword?: string | null | undefined
}

/**
 * One use of a coupon. A hosted upstream tells nothing of it: with a journal `id` is the idempotency key and
 * `redeemedAt` the journal's time, all else is null.
 */
export interface UpstreamRedemption {
  readonly id: string | null
  /** The how-manieth use of the coupon, from 1; null also for an unlimited coupon. */
  readonly ordinal: number | null
  /** Uses of the coupon including this one; null also for an unlimited coupon. */
  readonly used: number | null
  /** Units left after this one; null also for an unlimited coupon. */
  readonly remaining: number | null
  /** When, ISO 8601 in UTC by the upstream's clock. */
  readonly redeemedAt: string | null
}

export const REDEEM_REJECTIONS = [
  ...VALIDATE_REJECTIONS,
  'ONSITE_PASSWORD_REQUIRED',
  'ONSITE_PASSWORD_WRONG',
] as const

/** Why a coupon was not redeemed. Nothing was changed. */
export type RedeemRejection = (typeof REDEEM_REJECTIONS)[number]

/** Why no unit was taken. */
export type TakeRejected =
  | { readonly outcome: 'rejected'; readonly reason: RedeemRejection }
  /** Too many wrong on-site passwords; null when the upstream does not say for how long. */
  | {
      readonly outcome: 'rejected'
      readonly reason: 'TOO_MANY_ATTEMPTS'
      readonly retryAfterMs: number | null
    }

export type RedeemResult =
  | ({ readonly outcome: 'redeemed'; readonly redemption: UpstreamRedemption } & KeyedResult)
  | TakeRejected
  | UnknownRejection
  | WriteRefusal

export const redeemOperation: WriteOperation<RedeemInput, RedeemResult> = {
  toRequest: (input) => ({ method: 'PUT', resource: 'redeem', body: writeTake(input) }),
  toJournalStep: (input) => ({ kind: 'redeem', intent: toRedemptionIntent(input) }),
  toResult(verdict, idempotencyKey) {
    if (verdict.kind === 'rejected') return nameTakeRejection(verdict)
    const { result, replayed } = verdict
    return { outcome: 'redeemed', redemption: readRedemption(result), idempotencyKey, replayed }
  },
}

/** What of a redemption a journal keeps. @throws InvalidInputError */
export function toRedemptionIntent(input: RedeemInput): RedemptionIntent {
  const { code, userId, memo, onsitePassword } = input
  return {
    code: requireCode(code),
    userId: userId ?? null,
    memo: memo ?? null,
    hasOnsitePassword: onsitePassword != null && onsitePassword !== '',
  }
}

/** What asks for a unit, whether it is redeemed or reserved. @throws InvalidInputError */
export function writeTake({ code, userId, memo, onsitePassword }: RedeemInput) {
  return {
    cpnNo: requireCode(code),
    userId: userId ?? undefined,
    memo: memo ?? undefined,
    onsitePwd: onsitePassword ?? undefined,
  }
}

export function nameTakeRejection(verdict: RejectedVerdict): TakeRejected | UnknownRejection {
  const { symbol, retryAfterMs } = verdict
  return symbol === 'TOO_MANY_ATTEMPTS'
    ? { outcome: 'rejected', reason: symbol, retryAfterMs }
    : nameRejection(verdict, REDEEM_REJECTIONS)
}

/** Takes what is there: the unit is taken, and no answer could make that untrue. */
function readRedemption(result: unknown): UpstreamRedemption {
  const wire = isRecord(result) ? result : {}
  return {
    id: textOrNull(wire.redemptionId),
    ordinal: integerOrNull(wire.ordinal),
    used: integerOrNull(wire.useCnt),
    remaining: integerOrNull(wire.remaining),
    redeemedAt: textOrNull(wire.redeemedAt),
  }
}
