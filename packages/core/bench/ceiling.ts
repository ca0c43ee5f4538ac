import type { Subject } from './hot-coupon.ts'
import { createCoupon } from './hot-coupon.ts'

const BATCH = 256

/**
 * What the database does at most: the same rows of the log and of the keys in the same batches, and the counter
 * once a batch, made inside the server by one connection without any decision. Redemptions a second.
 */
export async function measureCeiling(subject: Subject, total: number): Promise<number> {
  const { database, accountId } = subject
  await createCoupon(subject, 1_000_000_000)
  const insertBatch = `
    with usage as (
      update coupon_usage set used = used + $2::int, granted = granted + $2::int
      returning coupon_id, granted - $2::int as before
    ), logged as (
      insert into redemption (
        id, account_id, coupon_id, ordinal, user_id, user_ordinal, memo, idempotency_key, status, taken_at,
        redeemed_at
      )
      select lpad(to_hex(before + n), 32, '0')::uuid, $1::bigint, coupon_id, before + n,
        'user-' || to_hex(before) || '-' || n, 1, 'till 7', 'key-' || to_hex(before) || '-' || n, 'REDEEMED',
        now(), now()
      from usage, generate_series(1, $2::int) as n
      returning id, account_id, idempotency_key, ordinal, redeemed_at
    )
    insert into idempotency_key (account_id, key, fingerprint, answer)
    select account_id, idempotency_key, repeat('f', 64), jsonb_build_object(
      'redemptionId', id, 'ordinal', ordinal, 'used', ordinal, 'remaining', ordinal, 'expiresAt', null,
      'redeemedAt', '2026-01-01T00:00:00.000Z')
    from logged`
  const insert = () => database.query(insertBatch, [accountId, BATCH])
  for (let count = 0; count < 10; count += 1) await insert()
  const startedAt = performance.now()
  for (let done = 0; done < total; done += BATCH) await insert()
  return total / ((performance.now() - startedAt) / 1000)
}
