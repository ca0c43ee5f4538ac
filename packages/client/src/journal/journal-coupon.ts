import type { CouponCode } from '@coupon-gateway/coupon-code'
import type { Queryable } from '@coupon-gateway/database'
import type { UpstreamCoupon } from '../upstream-coupon.ts'
import { readRestorableSettings } from './restorable-settings.ts'

/** What the journal knows of a coupon. Fields beside `version` are null until it was looked at. */
export interface JournalCoupon {
  readonly code: CouponCode
  /** Rises with every change of the coupon or of an entry of it. */
  readonly version: number
  readonly knownCount: number | null
  readonly useLimit: number | null
  readonly startsOn: string | null
  readonly endsOn: string | null
  readonly requiresOnsitePassword: boolean | null
  /** Redeemed in a shop: it may need a password that the upstream does not show. */
  readonly onsite: boolean | null
  /** Uses that no entry accounts for. */
  readonly foreignUses: number
  readonly isPaused: boolean
}

const COUPON_COLUMNS = `
  code, version, known_count as "knownCount", use_limit as "useLimit", starts_on as "startsOn",
  ends_on as "endsOn", requires_onsite_password as "requiresOnsitePassword",
  is_onsite as onsite, foreign_uses as "foreignUses",
  coalesce(paused_until > clock_timestamp(), false) as "isPaused"`

/** Takes the lock under which all entries of a coupon change, and makes the coupon known where it is not. */
export async function lockCoupon(transaction: Queryable, code: CouponCode): Promise<JournalCoupon> {
  await transaction.query('insert into journal_coupon (code) values ($1) on conflict do nothing', [
    code,
  ])
  await transaction.query('select from journal_coupon where code = $1 for update', [code])
  return readCoupon(transaction, code)
}

/** Reads a coupon whose lock is held. */
export async function readCoupon(transaction: Queryable, code: CouponCode): Promise<JournalCoupon> {
  const [coupon] = await transaction.query<JournalCoupon>(
    `select ${COUPON_COLUMNS} from journal_coupon where code = $1`,
    [code],
  )
  if (coupon === undefined) throw new Error('a coupon of the journal vanished')
  return coupon
}

/** Changes what is known of a locked coupon's uses, and raises its version. @returns the new version */
export async function changeCounts(
  transaction: Queryable,
  code: CouponCode,
  { known = 0, foreign = 0 }: { readonly known?: number; readonly foreign?: number },
): Promise<number> {
  const [row] = await transaction.query<{ version: number }>(
    `update journal_coupon
     set version = version + 1, known_count = greatest(known_count + $2, 0), foreign_uses = foreign_uses + $3
     where code = $1 returning version`,
    [code, known, foreign],
  )
  return row?.version ?? 0
}

/** Writes down what a locked coupon was seen to be, and how many uses are known from then on. */
export async function saveSeenCoupon(
  transaction: Queryable,
  coupon: UpstreamCoupon,
  knownCount: number,
): Promise<void> {
  const { code, useLimit, startsOn, endsOn, requiresOnsitePassword, onsite } = coupon
  const settings = coupon.used === 0 ? readRestorableSettings(coupon) : null
  await transaction.query(
    `update journal_coupon
     set use_limit = $2, starts_on = $3, ends_on = $4, requires_onsite_password = $5, is_onsite = $6,
       known_count = $7, settings = coalesce($8, settings)
     where code = $1`,
    [
      code,
      useLimit,
      startsOn,
      endsOn,
      requiresOnsitePassword,
      onsite,
      knownCount,
      settings === null ? null : JSON.stringify(settings),
    ],
  )
}
