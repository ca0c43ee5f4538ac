import { isRecord } from './envelope.ts'
import type { KeyedResult, WriteOperation } from './operation.ts'
import {
  nameTakeRejection,
  type RedeemInput,
  type TakeRejected,
  toRedemptionIntent,
  writeTake,
} from './redeem.ts'
import type { UnknownRejection, WriteRefusal } from './rejection.ts'
import { BadResponseError } from './upstream-error.ts'
import { integerOrNull, textOrNull } from './wire-value.ts'

export interface ReserveInput extends RedeemInput {
  /** How long the unit is held, in whole seconds from 1 to 86,400; the upstream's default is 900. */
  readonly ttlSeconds?: number | null | undefined
}

/** A unit that is held: to be confirmed or released before `expiresAt`, when it becomes free by itself. */
export interface UpstreamReservation {
  readonly id: string
  /** The how-manieth unit of the coupon, from 1; null for an unlimited coupon. */
  readonly ordinal: number | null
  /** ISO 8601 in UTC by the upstream's clock. */
  readonly expiresAt: string
}

export type ReserveResult =
  | ({ readonly outcome: 'reserved'; readonly reservation: UpstreamReservation } & KeyedResult)
  | TakeRejected
  | UnknownRejection
  | WriteRefusal

export const reserveOperation: WriteOperation<ReserveInput, ReserveResult> = {
  toRequest: (input) => ({
    method: 'POST',
    resource: 'reserve',
    body: { ...writeTake(input), ttlSeconds: input.ttlSeconds ?? undefined },
  }),
  toJournalStep: ({ ttlSeconds, ...input }) => ({
    kind: 'reserve',
    intent: toRedemptionIntent(input),
    ttlSeconds: ttlSeconds ?? null,
  }),
  toResult(verdict, idempotencyKey) {
    if (verdict.kind === 'rejected') return nameTakeRejection(verdict)
    const { result, replayed } = verdict
    return { outcome: 'reserved', reservation: readReservation(result), idempotencyKey, replayed }
  },
}

function readReservation(wire: unknown): UpstreamReservation {
  const { reservationId, ordinal, expiresAt } = isRecord(wire) ? wire : {}
  const [id, end] = [textOrNull(reservationId), textOrNull(expiresAt)]
  if (id === null || end === null) {
    throw new BadResponseError('a unit was reserved, but the answer does not hold its reservation')
  }
  return { id, ordinal: integerOrNull(ordinal), expiresAt: end }
}
