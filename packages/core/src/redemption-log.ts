import type { CouponCode } from '@coupon-gateway/coupon-code'
import type { Queryable } from '@coupon-gateway/database'
import type { IdempotencyKey } from './idempotency.ts'
import type { RedemptionStatus } from './settle-redemption.ts'

export interface RedemptionQuery {
  readonly accountId: number
  /** Only redemptions of this code, by its living coupon and by deleted ones. */
  readonly code: CouponCode | null
  /** `nextCursor` of the page before; null starts at the newest. */
  readonly cursor: string | null
  /** Rows a page, 1 to 1000. */
  readonly limit: number
}

/** A row of the log. */
export interface LoggedRedemption {
  readonly redemptionId: string
  readonly couponId: string
  readonly code: CouponCode
  readonly ordinal: number | null
  readonly userId: string | null
  readonly memo: string
  readonly idempotencyKey: IdempotencyKey | null
  /** A reservation whose time is over is EXPIRED, whether or not anybody wanted its unit since. */
  readonly status: RedemptionStatus
  readonly takenAt: Date
  readonly expiresAt: Date | null
  readonly redeemedAt: Date | null
  readonly endedAt: Date | null
  readonly rollbackReason: string | null
}

export interface RedemptionPage {
  readonly redemptions: readonly LoggedRedemption[]
  /** Null on the last page. */
  readonly nextCursor: string | null
}

/** Reads the log, newest first. Rows never go, and what they say never changes: a state only moves on (rule 7). */
export async function listRedemptions(
  database: Queryable,
  query: RedemptionQuery,
): Promise<RedemptionPage> {
  const redemptions = await database.query<LoggedRedemption>(
    `select redemption.id as "redemptionId", coupon_id as "couponId", code, ordinal,
       redemption.user_id as "userId", redemption.memo, idempotency_key as "idempotencyKey",
       case when status = 'RESERVED' and expires_at <= clock_timestamp() then 'EXPIRED' else status end
         as status,
       taken_at as "takenAt", expires_at as "expiresAt", redeemed_at as "redeemedAt",
       ended_at as "endedAt", rollback_reason as "rollbackReason"
     from redemption join coupon on coupon.id = coupon_id
     where redemption.account_id = $1
       and ($2::text is null or code = $2)
       and ($3::uuid is null or redemption.id < $3)
     order by redemption.id desc limit $4`,
    [query.accountId, query.code, query.cursor, query.limit + 1],
  )
  const page = redemptions.slice(0, query.limit)
  return {
    redemptions: page,
    nextCursor: redemptions.length > page.length ? (page.at(-1)?.redemptionId ?? null) : null,
  }
}
