import type { Database, Queryable } from '@coupon-gateway/database'
import { readPicture } from '../coupon-row.ts'
import type { WriteRefusal } from '../idempotency.ts'
import { findTakeRejection } from '../rules.ts'
import type { Take, TakenUnit, TakeStrategy, TakeVerdict } from '../take.ts'

/**
 * The transaction of the textbooks: `begin`, `select … for update`, decide in the process, write, `commit`. Correct,
 * and slow on one coupon, since its row stays locked over every round trip. A peer in benchmarks, and an oracle in
 * tests.
 */
export function createTextbookStrategy(database: Database): TakeStrategy {
  return { take: (take) => database.transaction((transaction) => takeUnit(transaction, take)) }
}

interface Counter {
  readonly used: number
  readonly held: number
  readonly granted: number
}

async function takeUnit(transaction: Queryable, take: Take): Promise<TakeVerdict> {
  const { accountId, code, userId, key } = take
  if (key !== null) {
    const claimed = await claimKey(transaction, take)
    if (claimed !== null) return claimed
  }
  await transaction.query('select lock_code($1, $2, false)', [accountId, code])
  const found = await transaction.query<{ id: string }>(
    'select id from coupon where account_id = $1 and code = $2 and deleted_at is null',
    [accountId, code],
  )
  const [coupon] = found
  if (coupon === undefined) return { outcome: 'rejected', reason: 'NOT_FOUND' }

  // Always locked, so that two uses by one user of an unlimited coupon are kept apart as well.
  await transaction.query('select from coupon_usage where coupon_id = $1 for update', [coupon.id])
  await transaction.query('select expire_reservations(array[$1::uuid], clock_timestamp())', [
    coupon.id,
  ])
  const picture = await readPicture(transaction, take)
  if (picture === undefined) return { outcome: 'rejected', reason: 'NOT_FOUND' }
  // As the sweep left them: a reservation whose time ends just now is free to the next request.
  const [usage] = await transaction.query<Pick<Counter, 'used' | 'held'>>(
    'select used, held from coupon_usage where coupon_id = $1',
    [coupon.id],
  )
  const swept = { ...picture.coupon, usage: { ...picture.coupon.usage, ...usage } }
  const reason = findTakeRejection({ ...picture, coupon: swept }, picture.onsitePasswordHash, take)
  if (reason !== null) return { outcome: 'rejected', reason }

  const { useLimit } = picture.coupon
  const [counter] =
    useLimit === 0
      ? []
      : await transaction.query<Counter>(
          `update coupon_usage set
             used = used + $2::int, held = held + 1 - $2::int, granted = granted + 1
           where coupon_id = $1 returning used, held, granted`,
          [coupon.id, take.ttlSeconds === null ? 1 : 0],
        )
  const [moments] = await transaction.query<Pick<TakenUnit, 'redeemedAt' | 'expiresAt'>>(
    `insert into redemption (
       id, account_id, coupon_id, ordinal, user_id, user_ordinal, memo, idempotency_key, status,
       taken_at, expires_at, redeemed_at
     )
     select $1, $2, $3, $4, $5::text,
       case when $5::text is not null then
         (select coalesce(max(user_ordinal), 0) + 1 from redemption where coupon_id = $3 and user_id = $5::text)
       end,
       $6, $7, case when $8::int is null then 'REDEEMED' else 'RESERVED' end,
       moment, moment + make_interval(secs => $8::int), case when $8::int is null then moment end
     from clock_timestamp() as moment
     returning iso_time(redeemed_at) as "redeemedAt", iso_time(expires_at) as "expiresAt"`,
    [
      take.id,
      accountId,
      coupon.id,
      counter?.granted ?? null,
      userId,
      take.memo,
      key,
      take.ttlSeconds,
    ],
  )
  const answer: TakenUnit = {
    redemptionId: take.id,
    ordinal: counter?.granted ?? null,
    used: counter?.used ?? null,
    remaining: counter === undefined ? null : useLimit - counter.used - counter.held,
    redeemedAt: moments?.redeemedAt ?? null,
    expiresAt: moments?.expiresAt ?? null,
  }
  if (key !== null) {
    await transaction.query(
      'insert into idempotency_key (account_id, key, fingerprint, answer) values ($1, $2, $3, $4)',
      [accountId, key, take.fingerprint, JSON.stringify(answer)],
    )
  }
  return { outcome: 'taken', answer }
}

async function claimKey(
  transaction: Queryable,
  { accountId, key, fingerprint }: Take,
): Promise<WriteRefusal | { readonly outcome: 'replayed'; readonly answer: TakenUnit } | null> {
  const [row] = await transaction.query<{
    claimed: WriteRefusal | { outcome: 'replayed'; answer: TakenUnit } | null
  }>('select claim_idempotency_key($1, $2, $3) as claimed', [accountId, key, fingerprint])
  return row?.claimed ?? null
}
