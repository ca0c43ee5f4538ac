import type { CouponCode } from '@coupon-gateway/coupon-code'
import type { Queryable } from '@coupon-gateway/database'
import { REDEMPTION_COLUMNS, type Redemption } from './redemption.ts'
import type { RedemptionStatus } from './settle-redemption.ts'

/** Which redemptions of an account. What is null or left out restricts nothing. */
export interface RedemptionFilter {
  readonly accountId: number
  /** By the code's living coupon and by deleted ones. */
  readonly code?: CouponCode | null
  readonly userId?: string | null
  readonly status?: RedemptionStatus | null
  /** Taken at this moment or later; from 1970 on. */
  readonly takenFrom?: Date | null
  /** Taken before this moment; from 1970 on. */
  readonly takenBefore?: Date | null
  /** Older than the redemption with this id; null begins at the newest. */
  readonly cursor: string | null
}

export interface RedemptionQuery extends RedemptionFilter {
  /** Rows a page, 1 to 1000. */
  readonly limit: number
}

export interface RedemptionPage {
  readonly redemptions: readonly Redemption[]
  /** The id of the page's last redemption; null on the last page. */
  readonly nextCursor: string | null
}

/** Reads a page of the log, newest first. Rows never go, and what they say never changes: a state only moves on (rule 7). */
export async function listRedemptions(
  database: Queryable,
  { limit, ...filter }: RedemptionQuery,
): Promise<RedemptionPage> {
  const { sql, parameters } = selectNewest(filter, limit + 1)
  const redemptions = await database.query<Redemption>(sql, parameters)
  const page = redemptions.slice(0, limit)
  return {
    redemptions: page,
    nextCursor: redemptions.length > page.length ? (page.at(-1)?.redemptionId ?? null) : null,
  }
}

/** Rows that one reader has in memory at a time. */
const STREAMED_AT_ONCE = 500

/**
 * Reads all that is wanted of the log, newest first, page by page: the next one when the last was taken. No
 * transaction is held meanwhile, so that a slow reader keeps nothing from anybody. What is taken after the start is
 * not in it, and each row has the state in which its page found it.
 */
export async function* streamRedemptions(
  database: Queryable,
  filter: RedemptionFilter,
): AsyncGenerator<readonly Redemption[], void, undefined> {
  let { cursor } = filter
  do {
    const page = await listRedemptions(database, { ...filter, cursor, limit: STREAMED_AT_ONCE })
    yield page.redemptions
    cursor = page.nextCursor
  } while (cursor !== null)
}

const HAS_STATUS: Readonly<Record<RedemptionStatus, string>> = {
  REDEEMED: `status = 'REDEEMED'`,
  // The rest says first what its index says, so that it is used.
  RESERVED: `status <> 'REDEEMED' and status = 'RESERVED' and expires_at > clock_timestamp()`,
  EXPIRED: `status <> 'REDEEMED' and (
    status = 'EXPIRED' or (status = 'RESERVED' and expires_at <= clock_timestamp())
  )`,
  RELEASED: `status <> 'REDEEMED' and status = 'RELEASED'`,
  ROLLED_BACK: `status <> 'REDEEMED' and status = 'ROLLED_BACK'`,
}

/**
 * The statement names only what is asked for: one for every question would have to have one plan for all of them.
 * `bind` takes a value and answers with its place, so that no value is ever part of the text.
 */
function selectNewest(filter: RedemptionFilter, limit: number) {
  const { accountId, code, userId, status, takenFrom, takenBefore, cursor } = filter
  const parameters: unknown[] = []
  const bind = (value: unknown) => `$${parameters.push(value)}`

  const account = bind(accountId)
  const conditions: string[] = []
  if (userId != null) conditions.push(`user_id = ${bind(userId)}`)
  if (status != null) conditions.push(HAS_STATUS[status])
  if (cursor !== null) conditions.push(`id < ${bind(cursor)}::uuid`)
  // The moment decides. The bounds of the id only spare reading what is far newer or older.
  if (takenFrom != null) {
    conditions.push(
      `taken_at >= to_timestamp(${bind(takenFrom.getTime())}::float8 / 1000)`,
      `id >= ${bind(lowestIdAt(takenFrom.getTime() - CLOCK_TOLERANCE_MS))}::uuid`,
    )
  }
  if (takenBefore != null) {
    conditions.push(
      `taken_at < to_timestamp(${bind(takenBefore.getTime())}::float8 / 1000)`,
      `id < ${bind(lowestIdAt(takenBefore.getTime() + CLOCK_TOLERANCE_MS))}::uuid`,
    )
  }
  const newest = `order by redemption.id desc limit ${bind(limit)}`
  const wanted = (scope: string) =>
    `(select * from redemption where ${[scope, ...conditions].join(' and ')} ${newest}) as redemption`
  // A code has few coupons, the deleted ones included: the newest redemptions of each, and of them the newest. That the
  // coupon is the account's is known then; said again, it would make a rare coupon be looked for in the account's log.
  const from =
    code == null
      ? `${wanted(`account_id = ${account}`)} join coupon on coupon.id = coupon_id`
      : `(${selectCoupons(account, bind(code))}) as coupon cross join lateral ${wanted(OF_COUPON)}`
  return { sql: `select ${REDEMPTION_COLUMNS} from ${from} ${newest}`, parameters }
}

/** It says what its index says, so that it is used: see `0012-log-of-coupon-index.sql`. */
const OF_COUPON = `coupon_id = coupon.id and id > '00000000-0000-0000-0000-000000000000'`

/** In two halves, since each has an index of its own. */
function selectCoupons(account: string, code: string): string {
  const ofCode = `select id, code from coupon where account_id = ${account} and code = ${code}`
  return `${ofCode} and deleted_at is null union all ${ofCode} and deleted_at is not null`
}

/** Ids have the time of the process that made them, moments that of the database. They are never a day apart. */
const CLOCK_TOLERANCE_MS = 24 * 60 * 60 * 1000
const MAX_ID_MS = 2 ** 48 - 1

/**
 * The lowest id of a millisecond.
 * @see https://www.rfc-editor.org/rfc/rfc9562#section-5.7
 */
function lowestIdAt(epochMs: number): string {
  const time = Math.min(Math.max(epochMs, 0), MAX_ID_MS).toString(16).padStart(12, '0')
  return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-000000000000`
}
