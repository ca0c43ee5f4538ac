import type { Database } from '@coupon-gateway/database'

/** A coupon whose counter says something else than the log. */
export interface WrongCounter {
  readonly code: string
  readonly useLimit: number
  /** `[used, held, granted]` of the counter, and the same counted from the rows. */
  readonly counter: readonly number[]
  readonly log: readonly number[]
}

/**
 * Compares every counter with the rows of the log: redemptions that stand, reservations not yet found to have
 * ended, and ordinals, which leave no gap. An unlimited coupon's counter stays at zero (rule 2).
 */
export async function findWrongCounters(database: Database): Promise<readonly WrongCounter[]> {
  return database.query<WrongCounter>(`
    select code, use_limit as "useLimit",
      json_build_array(used, held, granted) as counter, json_build_array(redeemed, reserved, ordinals) as log
    from coupon_usage
    join coupon on coupon.id = coupon_id
    left join lateral (
      select
        count(*) filter (where status = 'REDEEMED') as redeemed,
        count(*) filter (where status = 'RESERVED') as reserved,
        count(ordinal) as ordinals, coalesce(max(ordinal), 0) as last_ordinal
      from redemption where redemption.coupon_id = coupon.id
    ) as counted on true
    where case
      when use_limit > 0 then (used, held, granted, granted) <> (redeemed, reserved, ordinals, last_ordinal)
      else (used, held, granted, 0) <> (0, 0, 0, last_ordinal)
    end`)
}
