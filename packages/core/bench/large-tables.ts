import type { Subject } from './hot-coupon.ts'

const MAY_RUN_LONG = { mayRunLong: true }

/** Creates coupons 1 to `count` of the benchmark inside the server. */
export async function fillWithCoupons(
  { database, accountId }: Subject,
  count: number,
  useLimit: number,
): Promise<void> {
  await database.transaction(async (transaction) => {
    await transaction.query(
      `with created as (
         insert into coupon (
           id, account_id, code, name, discount_kind, discount, user_limit, onsite, memo, url, image_url,
           domain, issued_to, webhook_enabled
         )
         select gen_random_uuid(), $1::bigint, 'BENCH' || lpad(n::text, 9, '0'), '', 'percent', 10, 1, false,
           '', '', '', '', '{}', false
         from generate_series(1, $2::int) as n returning id
       )
       insert into coupon_usage (coupon_id, use_limit) select id, $3::int from created`,
      [accountId, count, useLimit],
    )
    await transaction.execute('analyze coupon, coupon_usage')
  }, MAY_RUN_LONG)
}

/** Puts `count` redemptions into the log, spread over the coupons, inside the server. */
export async function fillWithRedemptions(
  { database, accountId }: Subject,
  count: number,
): Promise<void> {
  const BATCH = 100_000
  for (let done = 0; done < count; done += BATCH) {
    await database.transaction(async (transaction) => {
      await transaction.query(
        `with numbered as (
           select id as coupon_id, row_number() over () as n from coupon where code <> 'BENCH000000000'
           limit $2::int
         )
         insert into redemption (
           id, account_id, coupon_id, ordinal, user_id, user_ordinal, memo, idempotency_key, status,
           taken_at, redeemed_at
         )
         select gen_random_uuid(), $1::bigint, coupon_id, $3::int, 'user-' || $3::int || '-' || n, 1, 'till 7',
           'fill-' || $3::int || '-' || n, 'REDEEMED', now(), now()
         from numbered`,
        [accountId, Math.min(BATCH, count - done), done / BATCH + 1],
      )
    }, MAY_RUN_LONG)
  }
  await database.transaction(
    (transaction) => transaction.execute('analyze redemption'),
    MAY_RUN_LONG,
  )
}
