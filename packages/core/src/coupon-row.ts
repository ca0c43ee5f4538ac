import type { CouponCode } from '@coupon-gateway/coupon-code'
import type { Queryable } from '@coupon-gateway/database'
import type { Coupon, IssuedTo, NewCoupon } from './coupon.ts'
import type { CouponPicture } from './rules.ts'

/** A coupon with what the operations need to know and no caller may see. */
export interface StoredCoupon {
  readonly coupon: Coupon
  readonly onsitePasswordHash: string | null
}

interface CouponRow {
  id: string
  code: CouponCode
  name: string
  discount_kind: 'percent' | 'amount'
  discount: number
  currency: string | null
  starts_on: string | null
  ends_on: string | null
  use_limit: number
  used: number
  held: number
  user_limit: number
  onsite: boolean
  onsite_password_hash: string | null
  memo: string
  url: string
  image_url: string
  domain: string
  group_id: number | null
  template_id: number | null
  issued_to: IssuedTo
  webhook_enabled: boolean
  created_at_local: string
}

/**
 * Columns of a {@link StoredCoupon}. What an unlimited coupon has used is counted from the log, of a limited one
 * it stands in the counter, which still counts reservations whose time is over until a unit is wanted.
 */
const COUPON_COLUMNS = `
  coupon.id, code, coupon.name, discount_kind, discount::float8 as discount, currency,
  starts_on::text as starts_on, ends_on::text as ends_on, use_limit,
  case when use_limit > 0 then used else count_uses(coupon.id) end as used,
  case when use_limit > 0 and held = 0 then 0 else (
    select count(*)::int from redemption
    where coupon_id = coupon.id and status = 'RESERVED' and expires_at > clock_timestamp()
  ) end as held,
  user_limit, onsite, onsite_password_hash, memo, url, image_url, domain, group_id, template_id,
  issued_to, webhook_enabled,
  to_char(coupon.created_at at time zone time_zone, 'YYYY-MM-DD HH24:MI:SS') as created_at_local`

/** Tables of {@link COUPON_COLUMNS}. */
const COUPON_TABLES = joinedWith('coupon')

/** The other tables that a coupon's columns come from, besides those of `coupons`. */
function joinedWith(coupons: string): string {
  return `${coupons} join coupon_usage on coupon_id = coupon.id join account on account.id = account_id`
}

/** A living coupon and all that decides about it. */
export interface CouponForDecision extends CouponPicture {
  readonly onsitePasswordHash: string | null
  /** Of an unlimited coupon: uses that are not in its checkpoint, and were counted from the log. */
  readonly uncountedUses: number
}

/** Columns of a {@link CouponForDecision}, for the user that an expression names. */
const pictureColumns = (user: string) => `
  ${COUPON_COLUMNS}, (clock_timestamp() at time zone time_zone)::date::text as today,
  (
    select count(*)::int from redemption
    where coupon_id = coupon.id and redemption.user_id = ${user}
      and (status = 'REDEEMED' or (status = 'RESERVED' and expires_at > clock_timestamp()))
  ) as user_units,
  case when use_limit > 0 then used else coalesce(
    (select uses from use_checkpoint where use_checkpoint.coupon_id = coupon.id), 0
  ) end as counted_uses`

interface PictureRow extends CouponRow {
  today: string
  counted_uses: number
  user_units: number
}

/** Reads what decides about the living coupon of a code, all at one moment. */
export async function readPicture(
  database: Queryable,
  { accountId, code, userId }: PictureQuestion,
): Promise<CouponForDecision | undefined> {
  const [row] = await database.query<PictureRow>(
    `select ${pictureColumns('$3')}
     from ${COUPON_TABLES} where account_id = $1 and code = $2 and deleted_at is null`,
    [accountId, code, userId],
  )
  return row && toPicture(row)
}

/** Which coupon is asked about, and for whom: null is nobody in particular. */
export interface PictureQuestion {
  readonly accountId: number
  readonly code: CouponCode
  readonly userId: string | null
}

/**
 * Reads what decides about the living coupons that many questions ask about, in their order: one statement, and one moment,
 * for all. They go in and out as one text of JSON each: rows of so many columns cost a multiple of it to read, and the
 * planner, which sees the length of an array, would plan anew for each.
 */
export async function readPictures(
  database: Queryable,
  questions: readonly PictureQuestion[],
): Promise<readonly (CouponForDecision | undefined)[]> {
  const [row] = await database.query<{ pictures: readonly (PictureRow | null)[] | null }>(
    `select json_agg(picture order by n) as pictures
     from rows from (
       jsonb_to_recordset($1::jsonb) as ("accountId" bigint, code text, "userId" text)
     ) with ordinality as asked (asked_account, asked_code, asked_user, n)
     left join lateral (
       select ${pictureColumns('asked_user')} from ${COUPON_TABLES}
       where account_id = asked_account and code = asked_code and deleted_at is null offset 0
     ) as picture on true`,
    [JSON.stringify(questions)],
  )
  return (row?.pictures ?? []).map((picture) => (picture === null ? undefined : toPicture(picture)))
}

/** Reads living coupons, newest first: those of one group, or all. */
export async function readNewestCoupons(
  database: Queryable,
  {
    accountId,
    groupId,
    cursor,
    limit,
  }: {
    readonly accountId: number
    readonly groupId: number | null
    /** Older than the coupon with this id. */
    readonly cursor: string | null
    readonly limit: number
  },
): Promise<readonly Coupon[]> {
  // The statement names only what is asked for, so that each has the index that fits.
  const parameters: unknown[] = [accountId, limit]
  const bind = (value: unknown) => `$${parameters.push(value)}`
  const ofGroup = groupId === null ? '' : `and group_id = ${bind(groupId)}::bigint`
  const older = cursor === null ? '' : `and id < ${bind(cursor)}::uuid`
  // First the page, then what is counted for each coupon of it: else it would be counted for all.
  const page = `(
    select * from coupon where account_id = $1 and deleted_at is null ${ofGroup} ${older}
    order by id desc limit $2
  ) as coupon`
  const rows = await database.query<CouponRow>(
    `select ${COUPON_COLUMNS} from ${joinedWith(page)} order by coupon.id desc`,
    parameters,
  )
  return rows.map((row) => toStoredCoupon(row).coupon)
}

/** Reads the living coupon of a code. */
export async function findCoupon(
  database: Queryable,
  accountId: number,
  code: CouponCode,
): Promise<StoredCoupon | undefined> {
  const [row] = await database.query<CouponRow>(
    `select ${COUPON_COLUMNS} from ${COUPON_TABLES}
     where account_id = $1 and code = $2 and deleted_at is null`,
    [accountId, code],
  )
  return row && toStoredCoupon(row)
}

function toPicture(row: PictureRow): CouponForDecision {
  return {
    ...toStoredCoupon(row),
    today: row.today,
    userUnits: row.user_units,
    uncountedUses: row.used - row.counted_uses,
  }
}

function toStoredCoupon(it: CouponRow): StoredCoupon {
  return {
    onsitePasswordHash: it.onsite_password_hash,
    coupon: {
      id: it.id,
      code: it.code,
      name: it.name,
      discountKind: it.discount_kind,
      discount: it.discount,
      currency: it.currency,
      startsOn: it.starts_on,
      endsOn: it.ends_on,
      useLimit: it.use_limit,
      userLimit: it.user_limit,
      onsite: it.onsite,
      requiresOnsitePassword: it.onsite_password_hash !== null,
      usage: {
        used: it.used,
        held: it.held,
        remaining: it.use_limit === 0 ? null : it.use_limit - it.used - it.held,
      },
      memo: it.memo,
      url: it.url,
      imageUrl: it.image_url,
      domain: it.domain,
      groupId: it.group_id,
      templateId: it.template_id,
      issuedTo: it.issued_to,
      webhookEnabled: it.webhook_enabled,
      createdAtLocal: it.created_at_local,
    },
  }
}

/**
 * A coupon's own columns that creation and change write, in the order of {@link couponValues}, with the types of
 * their values where a statement cannot tell them.
 */
export const COUPON_VALUE_COLUMNS = [
  { name: 'name', type: 'text' },
  { name: 'discount_kind', type: 'text' },
  { name: 'discount', type: 'numeric' },
  { name: 'currency', type: 'text' },
  { name: 'starts_on', type: 'date' },
  { name: 'ends_on', type: 'date' },
  { name: 'user_limit', type: 'integer' },
  { name: 'onsite', type: 'boolean' },
  { name: 'onsite_password_hash', type: 'text' },
  { name: 'memo', type: 'text' },
  { name: 'url', type: 'text' },
  { name: 'image_url', type: 'text' },
  { name: 'domain', type: 'text' },
  { name: 'group_id', type: 'integer' },
  { name: 'template_id', type: 'integer' },
  { name: 'issued_to', type: 'jsonb' },
  { name: 'webhook_enabled', type: 'boolean' },
] as const

/** Values of {@link COUPON_VALUE_COLUMNS}. */
export function couponValues(coupon: NewCoupon, passwordHash: string | null): readonly unknown[] {
  return [
    coupon.name,
    coupon.discountKind,
    coupon.discount,
    coupon.currency,
    coupon.startsOn,
    coupon.endsOn,
    coupon.userLimit,
    coupon.onsite,
    passwordHash,
    coupon.memo,
    coupon.url,
    coupon.imageUrl,
    coupon.domain,
    coupon.groupId,
    coupon.templateId,
    JSON.stringify(coupon.issuedTo),
    coupon.webhookEnabled,
  ]
}
