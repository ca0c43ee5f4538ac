import type { CouponCode } from '@coupon-gateway/coupon-code'
import type { Queryable } from '@coupon-gateway/database'
import { changeCounts } from './journal-coupon.ts'

/**
 * Takes over what clients that are gone had in flight on a locked coupon. It may have been sent up to the moment
 * in which they stopped being alive, so it is open, and not yet to be counted on never to arrive.
 */
export async function abandonOrphans(
  transaction: Queryable,
  code: CouponCode,
  settleDelayMs: number,
): Promise<void> {
  const orphans = await transaction.query<{ key: string }>(
    `select e.idempotency_key as key from journal_entry e left join journal_owner o on o.id = e.owner
     where e.code = $1 and e.state = 'SENDING' and (o.id is null or o.alive_until <= clock_timestamp())`,
    [code],
  )
  if (orphans.length === 0) return
  const version = await changeCounts(transaction, code, {})
  await transaction.query(
    `update journal_entry e
     set state = 'PENDING', version = $2, changed_at = clock_timestamp(),
       settle_after = coalesce((select o.alive_until from journal_owner o where o.id = e.owner), clock_timestamp())
         + $3 * interval '1 millisecond'
     where e.idempotency_key = any ($1::text[])`,
    [orphans.map(({ key }) => key), version, settleDelayMs],
  )
}
