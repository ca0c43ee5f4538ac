import type { CouponLoad } from '../plan.ts'
import type { Volume } from './scenario.ts'

/** A coupon of a scenario, in parts of the whole load. */
export interface CouponPart {
  readonly role: string
  /** Its part of the attempts, over the sum of all shares. */
  readonly share: number
  /** Its limit, for so many attempts at it. */
  readonly limit: (attempts: number) => number
  /** Users who try, for so many attempts; without it each attempt has its own. */
  readonly customers?: (attempts: number) => number
  readonly userLimit?: number
  /** The interleaving decides how many are granted, so nobody can say beforehand. */
  readonly isUndetermined?: boolean
  readonly onsitePassword?: string
  readonly isManaged?: boolean
  readonly redeemedBefore?: number
}

/** More than any run can redeem; the highest limit that there is. */
export const NEVER_USED_UP = 1_000_000_000

/** Spreads a volume over coupons, each with its limit and with the number of grants that must come of it. */
export function spreadOverCoupons(
  { attempts: all, isExact }: Volume,
  parts: readonly CouponPart[],
): readonly CouponLoad[] {
  const shares = parts.reduce((sum, { share }) => sum + share, 0)
  let begin = 0
  let sharesSoFar = 0
  return parts.map((part): CouponLoad => {
    sharesSoFar += part.share
    // Cut where the shares so far end, so that none of the attempts is lost to rounding. By the clock the coupons are
    // mixed, and only of whole rounds it is sure whose turn came.
    const end = Math.floor((all * sharesSoFar) / shares)
    const attempts = isExact ? end - begin : Math.floor(all / shares) * part.share
    begin = end
    const { redeemedBefore = 0, userLimit = 1 } = part
    const limit = Math.max(1, part.limit(attempts))
    const customers = part.customers === undefined ? null : Math.max(1, part.customers(attempts))
    const isDetermined = part.isUndetermined !== true
    return {
      role: part.role,
      limit,
      userLimit,
      attempts: isExact ? attempts : null,
      share: part.share,
      customers,
      expectedGrants: isDetermined
        ? expectedGrants({ limit, userLimit, customers, redeemedBefore, attempts, isExact })
        : null,
      onsitePassword: part.onsitePassword ?? null,
      isManaged: part.isManaged ?? false,
      redeemedBefore,
    }
  })
}

/** What is possible is granted, where so many try for sure; where fewer may come, nobody can say. */
function expectedGrants({
  limit,
  userLimit,
  customers,
  redeemedBefore,
  attempts,
  isExact,
}: Pick<CouponLoad, 'limit' | 'userLimit' | 'customers' | 'redeemedBefore'> & {
  readonly attempts: number
  readonly isExact: boolean
}): number | null {
  const ofUsers = customers === null ? Number.POSITIVE_INFINITY : customers * userLimit
  const possible = Math.min(limit - redeemedBefore, ofUsers)
  if (!isExact && possible > attempts) return null
  return redeemedBefore + Math.min(possible, attempts)
}
