import type { ValidateResult } from '../validate.ts'
import type { JournalCoupon } from './journal-coupon.ts'

/** The days around now, `YYYY-MM-DD`: the account's time zone is not documented, and one of the three is today. */
export interface DaysAround {
  readonly yesterday: string
  readonly tomorrow: string
}

/** The days that can be today somewhere. */
export function daysAround(epochMs: number): DaysAround {
  const day = (offset: number) =>
    new Date(epochMs + offset * 86_400_000).toISOString().slice(0, 'YYYY-MM-DD'.length)
  return { yesterday: day(-1), tomorrow: day(1) }
}

/**
 * Reads a use count out of an answer to validate; null when there is none in it.
 *
 * A coupon that is refused need not be shown. If it is limited and its period is certainly running, it is refused
 * because it is used up, and its count is its limit: the contract knows no other ground, but that it was deleted.
 */
export function readObservedCount(
  seen: ValidateResult,
  coupon: Pick<JournalCoupon, 'useLimit' | 'startsOn' | 'endsOn'>,
  days: DaysAround,
): number | null {
  if (seen.coupon !== null) return seen.coupon.used
  if (seen.outcome === 'usable' || !coupon.useLimit) return null
  if (seen.reason === 'EXHAUSTED') return coupon.useLimit
  return seen.reason === 'UNKNOWN' && isCertainlyRunning(coupon, days) ? coupon.useLimit : null
}

function isCertainlyRunning(
  { startsOn, endsOn }: Pick<JournalCoupon, 'startsOn' | 'endsOn'>,
  { yesterday, tomorrow }: DaysAround,
): boolean {
  return (startsOn === null || startsOn <= yesterday) && (endsOn === null || endsOn >= tomorrow)
}
