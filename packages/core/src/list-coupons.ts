import type { Queryable } from '@coupon-gateway/database'
import type { Coupon } from './coupon.ts'
import { readNewestCoupons } from './coupon-row.ts'

export interface CouponQuery {
  readonly accountId: number
  /** Only coupons of this group; null is all. */
  readonly groupId: number | null
  /** Older than the coupon with this id; null begins at the newest. */
  readonly cursor: string | null
  /** Coupons a page, 1 to 1000. */
  readonly limit: number
}

export interface CouponPage {
  readonly coupons: readonly Coupon[]
  /** The id of the page's last coupon; null on the last page. */
  readonly nextCursor: string | null
}

/** Reads a page of the living coupons, newest first. */
export async function listCoupons(database: Queryable, query: CouponQuery): Promise<CouponPage> {
  const coupons = await readNewestCoupons(database, { ...query, limit: query.limit + 1 })
  const page = coupons.slice(0, query.limit)
  return {
    coupons: page,
    nextCursor: coupons.length > page.length ? (page.at(-1)?.id ?? null) : null,
  }
}

/** Coupons that one reader has in memory at a time. */
const STREAMED_AT_ONCE = 500

/**
 * Reads all living coupons, newest first, page by page: the next one when the last was taken. No transaction is held
 * meanwhile. What is created after the start is not in it, and each coupon is as its page found it.
 */
export async function* streamCoupons(
  database: Queryable,
  accountId: number,
): AsyncGenerator<readonly Coupon[], void, undefined> {
  let cursor: string | null = null
  do {
    const page: CouponPage = await listCoupons(database, {
      accountId,
      groupId: null,
      cursor,
      limit: STREAMED_AT_ONCE,
    })
    yield page.coupons
    cursor = page.nextCursor
  } while (cursor !== null)
}
