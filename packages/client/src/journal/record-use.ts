import type { CouponCode } from '@coupon-gateway/coupon-code'
import type { Queryable } from '@coupon-gateway/database'
import { lockCoupon } from './journal-coupon.ts'
import { readEntry } from './journal-entry.ts'
import { readKeyFromMemo } from './memo-key.ts'
import { recordEffect } from './record.ts'

/** A use of a coupon, as an event or a log of the upstream tells it. */
export interface ReportedUse {
  readonly code: string
  /** As it was sent: the key is behind it. */
  readonly memo: string
}

/** What became of the report of a use. */
export type ReportOutcome =
  /** It settled a redemption that was open, or that was taken for one without effect. */
  | 'settled'
  /** The journal knew. */
  | 'known'
  /** Its memo carries no key of this journal. */
  | 'not-ours'

/** Takes the report of a use for proof of the redemption whose key it carries. Reports may come twice, and late. */
export async function recordUse(
  transaction: Queryable,
  { code, memo }: ReportedUse & { readonly code: CouponCode },
): Promise<ReportOutcome> {
  const named = readKeyFromMemo(memo)
  if (named === null) return 'not-ours'
  await lockCoupon(transaction, code)
  const entry = await readEntry(transaction, named.idempotencyKey)
  if (entry === null || entry.code !== code) return 'not-ours'
  const isKnown = entry.state === 'REDEEMED' || entry.state === 'ROLLED_BACK'
  if (isKnown && entry.attempt === named.attempt) return 'known'
  await recordEffect(transaction, entry, named.attempt, 'EVENT')
  return 'settled'
}
