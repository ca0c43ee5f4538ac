import type { CouponCode } from '@coupon-gateway/coupon-code'
import type { Queryable } from '@coupon-gateway/database'
import type { JournalCoupon } from './journal-coupon.ts'

/** What the journal holds of a coupon at the moment from which on the upstream is looked at. */
export interface Snapshot {
  readonly code: CouponCode
  readonly version: number
  readonly knownCount: number | null
  readonly pendingKeys: readonly string[]
  /** Those of them that arrive no more, if they have not arrived yet. */
  readonly dueKeys: readonly string[]
}

/** Reads the snapshot of a locked coupon. It must be committed before the look begins. */
export async function readSnapshot(
  transaction: Queryable,
  { code, version, knownCount }: Pick<JournalCoupon, 'code' | 'version' | 'knownCount'>,
): Promise<Snapshot> {
  const pending = await transaction.query<{ key: string; isDue: boolean }>(
    `select idempotency_key as key, settle_after <= clock_timestamp() as "isDue"
     from journal_entry where code = $1 and state = 'PENDING'`,
    [code],
  )
  return {
    code,
    version,
    knownCount,
    pendingKeys: pending.map(({ key }) => key),
    dueKeys: pending.filter(({ isDue }) => isDue).map(({ key }) => key),
  }
}
