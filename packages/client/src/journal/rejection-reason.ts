import type { Queryable } from '@coupon-gateway/database'
import type { RedeemRejection } from '../redeem.ts'
import { type JournalCoupon, lockCoupon } from './journal-coupon.ts'
import type { DaysAround } from './observed-count.ts'
import type { RedemptionIntent } from './redemption-intent.ts'

/** What is known when a hosted upstream refuses a redemption and its number says nothing. */
export interface RejectionFacts {
  readonly intent: RedemptionIntent
  readonly coupon: JournalCoupon
  readonly days: DaysAround
  /** Validate said that the coupon can be redeemed, just before redeem refused. */
  readonly wasUsable: boolean
  /** The journal has a redemption of this coupon by this user. */
  readonly hasUserRedeemed: boolean
}

/**
 * Names the reason of a refusal where what is known leaves one only; null otherwise. Numbers and texts of the
 * hosted service are not documented, so they are no part of it.
 */
export function findRejectionReason(facts: RejectionFacts): RedeemRejection | null {
  const { intent, coupon, days, wasUsable, hasUserRedeemed } = facts
  const { knownCount, useLimit, startsOn, endsOn } = coupon
  if (knownCount === null || useLimit === null) return null
  if (useLimit > 0 && knownCount >= useLimit) return 'EXHAUSTED'
  if (startsOn !== null && startsOn > days.tomorrow) return 'NOT_STARTED'
  if (endsOn !== null && endsOn < days.yesterday) return 'EXPIRED'
  if (!wasUsable) return null

  // The coupon is good, so the request is not. First the grounds that hold for certain.
  const { userId, hasOnsitePassword } = intent
  const countsUsers = useLimit >= 2
  if (countsUsers && userId === null) return 'USER_ID_REQUIRED'
  if (countsUsers && hasUserRedeemed) return 'ALREADY_REDEEMED_BY_USER'
  if (coupon.requiresOnsitePassword && !hasOnsitePassword) return 'ONSITE_PASSWORD_REQUIRED'

  // Then the one that is left, if it is one: the user, who redeemed past this journal, or the password.
  const mayNeedPassword = coupon.requiresOnsitePassword || coupon.onsite
  if (countsUsers) return mayNeedPassword ? null : 'ALREADY_REDEEMED_BY_USER'
  return hasOnsitePassword ? 'ONSITE_PASSWORD_WRONG' : 'ONSITE_PASSWORD_REQUIRED'
}

/** Reads what the journal knows that bears on a refusal. */
export async function readRejectionFacts(
  transaction: Queryable,
  { code, userId }: RedemptionIntent,
): Promise<Pick<RejectionFacts, 'coupon' | 'hasUserRedeemed'>> {
  const coupon = await lockCoupon(transaction, code)
  const redeemed = await transaction.query(
    `select from journal_entry where code = $1 and user_id = $2 and state = 'REDEEMED' limit 1`,
    [code, userId],
  )
  return { coupon, hasUserRedeemed: redeemed.length > 0 }
}
