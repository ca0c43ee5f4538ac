import type { Queryable } from '@coupon-gateway/database'

/** Something in the tables that must never be: which coupon, the rule, and what was found. */
export interface Difference {
  readonly code: string
  readonly couponId: string
  readonly rule: string
  readonly found: string
}

/**
 * Compares the counters with the log, and both with the limits. Reads one picture of the database, so it may run
 * beside redemptions; it reads the whole log, so it takes its time.
 *
 * @returns every difference; none when all is right
 */
export function findDifferences(database: Queryable): Promise<readonly Difference[]> {
  return database.query<Difference>(`
    with by_coupon as (
      select coupon_id,
        count(*) filter (where status = 'REDEEMED') as redeemed,
        count(*) filter (where status = 'RESERVED') as reserved,
        count(*) as taken, count(distinct ordinal) as ordinals, max(ordinal) as highest
      from redemption group by coupon_id
    ), counted as (
      select code, coupon.id as coupon_id, use_limit, used, held, granted,
        coalesce(redeemed, 0) as redeemed, coalesce(reserved, 0) as reserved, coalesce(taken, 0) as taken,
        coalesce(ordinals, 0) as ordinals, coalesce(highest, 0) as highest
      from coupon join coupon_usage on coupon_usage.coupon_id = coupon.id
      left join by_coupon on by_coupon.coupon_id = coupon.id
      where use_limit > 0
    ), broken (code, coupon_id, rule, found) as (
      select code, coupon_id, 'the counter agrees with the log',
        format('counted %s used, %s held, %s taken; logged %s, %s, %s', used, held, granted, redeemed, reserved, taken)
      from counted where (used, held, granted) is distinct from (redeemed, reserved, taken)
      union all
      select code, coupon_id, 'never more units than the limit',
        format('%s redeemed and %s reserved of %s', redeemed, reserved, use_limit)
      from counted where redeemed + reserved > use_limit
      union all
      select code, coupon_id, 'ordinals are 1, 2, 3 … without gap or repeat',
        format('%s different ones up to %s for %s units', ordinals, highest, taken)
      from counted where ordinals <> taken or highest <> taken
      union all
      select code, coupon.id, 'no user redeems more often than he may',
        format('user %s has %s of %s', by_user.user_id, redeemed, user_limit)
      from (
        select coupon_id, user_id, count(*) as redeemed
        from redemption where status = 'REDEEMED' and user_id is not null group by coupon_id, user_id
      ) as by_user join coupon on coupon.id = by_user.coupon_id
      where redeemed > user_limit
      union all
      select code, coupon.id, 'what was counted of an unlimited coupon agrees with the log',
        format('counted %s, logged %s', count_uses(coupon.id), coalesce(redeemed, 0))
      from use_checkpoint join coupon on coupon.id = use_checkpoint.coupon_id
      left join by_coupon on by_coupon.coupon_id = coupon.id
      where count_uses(coupon.id) <> coalesce(redeemed, 0)
      union all
      select '', coupon_id, 'every redemption is of a coupon', format('%s units of none', taken)
      from by_coupon where not exists (select from coupon where id = by_coupon.coupon_id)
    )
    select code, coupon_id as "couponId", rule, found from broken order by code, rule`)
}
