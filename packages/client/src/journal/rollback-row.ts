import type { CouponCode } from '@coupon-gateway/coupon-code'
import type { Queryable } from '@coupon-gateway/database'
import { changeCounts, lockCoupon } from './journal-coupon.ts'
import { readEntry } from './journal-entry.ts'
import type { RestorableSettings } from './restorable-settings.ts'

/** A rollback, by what is to be done next. */
export interface RollbackRow {
  /** Of the redemption. */
  readonly idempotencyKey: string
  readonly rollbackKey: string
  readonly code: CouponCode
  readonly reason: string
  readonly settings: RestorableSettings
  readonly step: 'DELETE' | 'CREATE' | 'DONE' | 'NEEDS_REVIEW'
  /** Until when the new coupon has to wait for a deletion that may be late; 0 and less: no longer. */
  readonly createInMs: number
  readonly rolledBackAt: Date | null
}

export type BegunRollback =
  /** `wasDone`: this is a repeat of one that came to its end. */
  | { readonly kind: 'begun'; readonly wasDone: boolean }
  | { readonly kind: 'key-reused' }
  | { readonly kind: 'key-in-use' }
  /** What became of the redemption is not known, so it cannot be taken back. */
  | { readonly kind: 'open' }
  | {
      readonly kind: 'rejected'
      readonly reason: 'REDEMPTION_NOT_FOUND' | 'ALREADY_ROLLED_BACK' | 'ROLLBACK_UNSUPPORTED'
    }

const SELECT_ROLLBACK = `
  select r.idempotency_key as "idempotencyKey", r.rollback_key as "rollbackKey", r.code, r.reason, r.settings,
    r.step, r.rolled_back_at as "rolledBackAt",
    coalesce(ceil(extract(epoch from r.create_after - clock_timestamp()) * 1000), 0)::int as "createInMs"
  from journal_rollback r `

export async function readRollback(
  queryable: Queryable,
  idempotencyKey: string,
): Promise<RollbackRow | null> {
  const [row] = await queryable.query<RollbackRow>(
    `${SELECT_ROLLBACK} where r.idempotency_key = $1`,
    [idempotencyKey],
  )
  return row ?? null
}

/** Writes down that a redemption is to be given back, if it can be. */
export async function beginRollback(
  transaction: Queryable,
  wanted: { readonly redemptionKey: string; readonly rollbackKey: string; readonly reason: string },
): Promise<BegunRollback> {
  const { redemptionKey, rollbackKey, reason } = wanted
  const seen = await readEntry(transaction, redemptionKey)
  if (seen === null) return { kind: 'rejected', reason: 'REDEMPTION_NOT_FOUND' }
  const coupon = await lockCoupon(transaction, seen.code)
  const [sameKey] = await transaction.query<{ key: string }>(
    'select idempotency_key as key from journal_rollback where rollback_key = $1',
    [rollbackKey],
  )
  if (sameKey !== undefined && sameKey.key !== redemptionKey) return { kind: 'key-reused' }
  const known = await readRollback(transaction, redemptionKey)
  if (known !== null) {
    if (known.rollbackKey === rollbackKey) {
      return known.reason === reason
        ? { kind: 'begun', wasDone: known.step === 'DONE' }
        : { kind: 'key-reused' }
    }
    return known.step === 'DONE'
      ? { kind: 'rejected', reason: 'ALREADY_ROLLED_BACK' }
      : { kind: 'key-in-use' }
  }

  const entry = await readEntry(transaction, redemptionKey)
  switch (entry?.state) {
    case undefined:
    case 'NO_EFFECT':
      return { kind: 'rejected', reason: 'REDEMPTION_NOT_FOUND' }
    case 'ROLLED_BACK':
      return { kind: 'rejected', reason: 'ALREADY_ROLLED_BACK' }
    case 'REDEEMED':
      break
    default:
      return { kind: 'open' }
  }
  const settings = await readSettings(transaction, seen.code)
  if (coupon.useLimit !== 1 || settings === null) {
    return { kind: 'rejected', reason: 'ROLLBACK_UNSUPPORTED' }
  }
  await transaction.query(
    `insert into journal_rollback (idempotency_key, rollback_key, code, reason, settings, step)
     values ($1, $2, $3, $4, $5, 'DELETE')`,
    [redemptionKey, rollbackKey, seen.code, reason, JSON.stringify(settings)],
  )
  return { kind: 'begun', wasDone: false }
}

async function readSettings(
  transaction: Queryable,
  code: CouponCode,
): Promise<RestorableSettings | null> {
  const [row] = await transaction.query<{ settings: RestorableSettings | null }>(
    'select settings from journal_coupon where code = $1',
    [code],
  )
  return row?.settings ?? null
}

/** A rollback that a person has to look at. */
export interface StuckRollback {
  /** Of the redemption. */
  readonly idempotencyKey: string
  readonly code: CouponCode
  readonly problem: string
  readonly begunAt: Date
}

export function listStuckRollbacks(queryable: Queryable, limit: number): Promise<StuckRollback[]> {
  return queryable.query<StuckRollback>(
    `select idempotency_key as "idempotencyKey", code, problem, begun_at as "begunAt"
     from journal_rollback where step = 'NEEDS_REVIEW' order by begun_at limit $1`,
    [limit],
  )
}

/** The unit is back: the coupon starts from zero, and so does what is known of it. */
export async function finishRollback(
  transaction: Queryable,
  { idempotencyKey, code }: RollbackRow,
): Promise<void> {
  await lockCoupon(transaction, code)
  const finished = await transaction.query(
    `update journal_rollback
     set step = 'DONE', rolled_back_at = clock_timestamp(), worked_until = null, problem = null
     where idempotency_key = $1 and step <> 'DONE' returning code`,
    [idempotencyKey],
  )
  if (finished.length === 0) return
  const version = await changeCounts(transaction, code, { known: -1 })
  await transaction.query(
    `update journal_entry set state = 'ROLLED_BACK', version = $2, changed_at = clock_timestamp()
     where idempotency_key = $1`,
    [idempotencyKey, version],
  )
}
