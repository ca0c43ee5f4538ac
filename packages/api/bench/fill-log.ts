import type { Database } from '@coupon-gateway/database'

/** Puts a redemption of each of the benchmark's coupons into the log, inside the server; ids sort by time, as ours do. */
export async function fillLog(database: Database, count: number): Promise<void> {
  await database.transaction(
    async (transaction) => {
      await transaction.query(
        `with numbered as (
           select id as coupon_id, account_id, row_number() over () as n from coupon where name = 'bench' limit $1::int
         ), named as (
           select *, lpad(to_hex(1790000000000 + n), 12, '0') as time, md5(n::text) as rest from numbered
         )
         insert into redemption (
           id, account_id, coupon_id, ordinal, user_id, user_ordinal, memo, idempotency_key, status, taken_at,
           redeemed_at
         )
         select (time || '7' || substr(rest, 1, 3) || '8' || substr(rest, 4, 15))::uuid, account_id, coupon_id, 1,
           'user-' || n, 1, 'till 7', 'order-' || n, 'REDEEMED', now(), now()
         from named`,
        [count],
      )
      await transaction.execute('analyze redemption; analyze coupon')
    },
    { mayRunLong: true },
  )
}
