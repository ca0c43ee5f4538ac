import { randomUUID } from 'node:crypto'
import type { CouponCode } from '@coupon-gateway/coupon-code'
import type { Queryable } from '@coupon-gateway/database'
import { changeCounts, lockCoupon } from './journal-coupon.ts'
import { readEntry } from './journal-entry.ts'
import { fingerprintOf, type RedemptionIntent } from './redemption-intent.ts'

/** A unit set aside, as far as this journal knows: somebody else may still take it at the upstream. */
export interface Hold {
  readonly id: string
  readonly idempotencyKey: string
  readonly code: CouponCode
  readonly userId: string | null
  readonly memo: string | null
  readonly state: 'RESERVED' | 'EXPIRED' | 'RELEASED'
  readonly expiresAt: Date
  readonly releasedAt: Date | null
  readonly createdAt: Date
}

export type HoldOutcome =
  | { readonly kind: 'held'; readonly hold: Hold; readonly isReplay: boolean }
  | { readonly kind: 'key-reused' }
  | {
      readonly kind: 'rejected'
      readonly reason: 'EXHAUSTED' | 'ALL_HELD' | 'USER_ID_REQUIRED' | 'ALREADY_REDEEMED_BY_USER'
    }

/** Holds that count against the limit: those whose redemption is under way or done count by their entry. */
export const LIVE_HOLD = `
  h.state = 'RESERVED' and h.expires_at > clock_timestamp()
  and not exists (
    select from journal_entry e where e.idempotency_key = h.idempotency_key and e.state <> 'NO_EFFECT'
  )`

const SELECT_HOLD = `
  select h.id::text as id, h.idempotency_key as "idempotencyKey", h.code, h.user_id as "userId", h.memo,
    case when h.state = 'RESERVED' and h.expires_at <= clock_timestamp() then 'EXPIRED' else h.state end as state,
    h.expires_at as "expiresAt", h.released_at as "releasedAt", h.created_at as "createdAt", h.fingerprint
  from journal_hold h `

/** Finds the reservation that a key has made. */
export async function findHoldByKey(
  queryable: Queryable,
  idempotencyKey: string,
): Promise<(Hold & { readonly fingerprint: string }) | null> {
  const [hold] = await queryable.query<Hold & { fingerprint: string }>(
    `${SELECT_HOLD} where h.idempotency_key = $1`,
    [idempotencyKey],
  )
  return hold ?? null
}

export async function findHold(queryable: Queryable, id: string): Promise<Hold | null> {
  const [hold] = await queryable.query<Hold>(`${SELECT_HOLD} where h.id::text = $1`, [id])
  return hold ?? null
}

/** What a key has made before: its reservation again, whatever became of it. Null: none. */
export async function findHoldOfRequest(
  queryable: Queryable,
  idempotencyKey: string,
  intent: RedemptionIntent,
): Promise<HoldOutcome | null> {
  const known = await findHoldByKey(queryable, idempotencyKey)
  if (known === null) return null
  return known.fingerprint === fingerprintOf(intent)
    ? { kind: 'held', hold: known, isReplay: true }
    : { kind: 'key-reused' }
}

/**
 * Sets a unit of a coupon aside. The coupon was looked at just before.
 *
 * @param ttlSeconds how long, by the clock of the journal's database
 */
export async function holdUnit(
  transaction: Queryable,
  idempotencyKey: string,
  intent: RedemptionIntent,
  ttlSeconds: number,
): Promise<HoldOutcome> {
  const { code, userId, memo } = intent
  const coupon = await lockCoupon(transaction, code)
  const known = await findHoldOfRequest(transaction, idempotencyKey, intent)
  if (known !== null) return known
  if ((await readEntry(transaction, idempotencyKey)) !== null) return { kind: 'key-reused' }

  const useLimit = coupon.useLimit ?? 0
  if (useLimit >= 2 && userId === null) return { kind: 'rejected', reason: 'USER_ID_REQUIRED' }
  if (useLimit >= 2 && (await hasUnitOfUser(transaction, code, userId))) {
    return { kind: 'rejected', reason: 'ALREADY_REDEEMED_BY_USER' }
  }
  if (useLimit > 0) {
    const left = useLimit - (coupon.knownCount ?? 0)
    if (left <= 0) return { kind: 'rejected', reason: 'EXHAUSTED' }
    if (left <= (await countInQuestion(transaction, code))) {
      return { kind: 'rejected', reason: 'ALL_HELD' }
    }
  }
  await changeCounts(transaction, code, {})
  await transaction.query(
    `insert into journal_hold (id, idempotency_key, fingerprint, code, user_id, memo, state, expires_at)
     values ($1, $2, $3, $4, $5, $6, 'RESERVED', clock_timestamp() + $7 * interval '1 second')`,
    [randomUUID(), idempotencyKey, fingerprintOf(intent), code, userId, memo, ttlSeconds],
  )
  const hold = await findHoldByKey(transaction, idempotencyKey)
  if (hold === null) throw new Error('a hold vanished as it was made')
  return { kind: 'held', hold, isReplay: false }
}

/**
 * Gives a reserved unit back.
 *
 * @returns the hold as it is now; null when there is none that can be released, since it is confirmed or being so
 */
export async function releaseHold(transaction: Queryable, id: string): Promise<Hold | null> {
  const hold = await findHold(transaction, id)
  if (hold === null) return null
  await lockCoupon(transaction, hold.code)
  const entry = await readEntry(transaction, hold.idempotencyKey)
  if (entry !== null && entry.state !== 'NO_EFFECT') return null
  await changeCounts(transaction, hold.code, {})
  await transaction.query(
    `update journal_hold set state = 'RELEASED', released_at = clock_timestamp()
     where id::text = $1 and state = 'RESERVED' and expires_at > clock_timestamp()`,
    [id],
  )
  return findHold(transaction, id)
}

/** Units that are reserved, or that a redemption in flight may take. */
async function countInQuestion(transaction: Queryable, code: CouponCode): Promise<number> {
  const [row] = await transaction.query<{ count: number }>(
    `select (select count(*)::int from journal_hold h where h.code = $1 and ${LIVE_HOLD})
       + (select count(*)::int from journal_entry where code = $1 and state in ('SENDING', 'PENDING')) as count`,
    [code],
  )
  return row?.count ?? 0
}

async function hasUnitOfUser(
  transaction: Queryable,
  code: CouponCode,
  userId: string | null,
): Promise<boolean> {
  const rows = await transaction.query(
    `select from journal_hold h where h.code = $1 and h.user_id = $2 and ${LIVE_HOLD}
     union all
     select from journal_entry where code = $1 and user_id = $2 and state in ('SENDING', 'PENDING', 'REDEEMED')
     limit 1`,
    [code, userId],
  )
  return rows.length > 0
}
