import type { CouponCode } from '@coupon-gateway/coupon-code'
import type { Database } from '@coupon-gateway/database'
import { v7 as uuidv7 } from 'uuid'
import { fingerprint, type IdempotencyKey, type WriteRefusal } from './idempotency.ts'
import type { CheckOnsitePassword } from './onsite-password-check.ts'
import type { Redemption } from './redemption.ts'
import type { ValidateRejection } from './validate-coupon.ts'

export interface RedeemCouponInput {
  readonly accountId: number
  readonly code: CouponCode
  /** The redeeming user, 1 to 200 characters; a coupon limited to 2 or more demands one. */
  readonly userId: string | null
  /** Internal note, at most 500 characters. */
  readonly memo: string
  /** What staff typed in the shop; a coupon with an on-site password demands it. */
  readonly onsitePassword: string | null
  /** Whose wrong passwords are counted together: the caller's key or terminal. */
  readonly caller: string
  /** Without a key, a repeat of a request whose answer was lost redeems again. */
  readonly idempotencyKey: IdempotencyKey | null
}

/** Why a coupon was not redeemed. Nothing was changed. */
export type RedeemRejection =
  | ValidateRejection
  | 'USER_ID_REQUIRED'
  | 'ONSITE_PASSWORD_REQUIRED'
  | 'ONSITE_PASSWORD_WRONG'

export type RedeemCouponResult =
  /** The unit is taken and in the log. `replayed`: it was so already, by the same key. */
  | { readonly outcome: 'redeemed'; readonly redemption: Redemption; readonly replayed: boolean }
  | { readonly outcome: 'rejected'; readonly reason: RedeemRejection }
  /** Too many wrong on-site passwords. */
  | { readonly outcome: 'locked'; readonly retryAfterSeconds: number }
  /** More work than can wait. Never a statement about the coupon. */
  | { readonly outcome: 'busy' }
  | WriteRefusal

type Decision =
  | { readonly outcome: 'redeemed' | 'replayed'; readonly answer: Redemption }
  | { readonly outcome: 'rejected'; readonly reason: RedeemRejection }
  | WriteRefusal

/**
 * Redeems a coupon once: the decision, the counter, the log row and the stored answer are one transaction
 * of one statement, `redeem_coupon` in `migrations/0002-decide.sql`.
 */
export async function redeemCoupon(
  database: Database,
  checkOnsitePassword: CheckOnsitePassword,
  input: RedeemCouponInput,
): Promise<RedeemCouponResult> {
  const { accountId, code, userId, memo, onsitePassword, caller, idempotencyKey } = input

  let verifiedHash: string | null = null
  if (onsitePassword !== null && !(await isKeyAnswered(database, accountId, idempotencyKey))) {
    const check = await checkOnsitePassword(accountId, code, caller, onsitePassword)
    if (check.outcome === 'wrong') return { outcome: 'rejected', reason: 'ONSITE_PASSWORD_WRONG' }
    if (check.outcome !== 'passed') return check
    verifiedHash = check.hash
  }

  const [row] = await database.query<{ decision: Decision }>(
    'select redeem_coupon($1, $2, $3, $4, $5, $6, $7, $8) as decision',
    [
      accountId,
      uuidv7(),
      code,
      userId,
      memo,
      verifiedHash,
      idempotencyKey,
      fingerprint('redeem', { code, userId, memo }),
    ],
  )
  if (row === undefined) throw new Error('redeem_coupon gave no decision')
  const { decision } = row
  switch (decision.outcome) {
    case 'redeemed':
    case 'replayed':
      return {
        outcome: 'redeemed',
        redemption: decision.answer,
        replayed: decision.outcome === 'replayed',
      }
    default:
      return decision
  }
}

/** A repeat of an answered key gets its answer, even where the password's tries are locked by now. */
async function isKeyAnswered(
  database: Database,
  accountId: number,
  key: IdempotencyKey | null,
): Promise<boolean> {
  if (key === null) return false
  const rows = await database.query(
    'select 1 from idempotency_key where account_id = $1 and key = $2',
    [accountId, key],
  )
  return rows.length > 0
}
