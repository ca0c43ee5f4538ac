import type { Queryable } from '@coupon-gateway/database'
import type { WriteRefusal } from './idempotency.ts'
import type { CheckOnsitePassword } from './onsite-password-check.ts'
import type { TakeRejection } from './rules.ts'
import type { Overloaded, TakenUnit, TakeStrategy } from './take.ts'
import { type PasswordLocked, takeUnit, type UnitRequest } from './take-unit.ts'

/** How long a reservation holds its unit when nothing else is asked for. */
export const DEFAULT_TTL_SECONDS = 15 * 60
export const MAX_TTL_SECONDS = 24 * 60 * 60

export interface ReserveCouponInput extends UnitRequest {
  /** 1 to {@link MAX_TTL_SECONDS}, by the database's clock; {@link DEFAULT_TTL_SECONDS} unless given. */
  readonly ttlSeconds?: number
}

export type ReserveCouponResult =
  /** The unit is held until `reservation.expiresAt`, and then free again without anybody's doing. */
  | { readonly outcome: 'reserved'; readonly reservation: TakenUnit; readonly replayed: boolean }
  | { readonly outcome: 'rejected'; readonly reason: TakeRejection }
  | PasswordLocked
  | Overloaded
  | WriteRefusal

/**
 * Holds a unit of a coupon for a while: it counts against the limit until it is confirmed, released or expires.
 * @throws RangeError `ttlSeconds` is out of its bounds
 */
export async function reserveCoupon(
  database: Queryable,
  strategy: TakeStrategy,
  checkOnsitePassword: CheckOnsitePassword,
  input: ReserveCouponInput,
): Promise<ReserveCouponResult> {
  const { ttlSeconds = DEFAULT_TTL_SECONDS } = input
  if (!Number.isInteger(ttlSeconds) || ttlSeconds < 1 || ttlSeconds > MAX_TTL_SECONDS) {
    throw new RangeError(
      `ttlSeconds must be an integer from 1 to ${MAX_TTL_SECONDS}, got ${ttlSeconds}`,
    )
  }
  const verdict = await takeUnit(database, strategy, checkOnsitePassword, input, ttlSeconds)
  return verdict.outcome === 'taken' || verdict.outcome === 'replayed'
    ? {
        outcome: 'reserved',
        reservation: verdict.answer,
        replayed: verdict.outcome === 'replayed',
      }
    : verdict
}
