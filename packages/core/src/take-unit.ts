import type { CouponCode } from '@coupon-gateway/coupon-code'
import type { Queryable } from '@coupon-gateway/database'
import { MAX_MEMO_LENGTH } from './coupon.ts'
import { fingerprint, type IdempotencyKey } from './idempotency.ts'
import { newId } from './new-id.ts'
import type { CheckOnsitePassword } from './onsite-password-check.ts'
import type { Overloaded, TakeStrategy, TakeVerdict } from './take.ts'
import { requireText } from './text-bounds.ts'

const MAX_USER_ID_LENGTH = 200

/** What a redemption and a reservation ask for alike. */
export interface UnitRequest {
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
  /** Without a key, a repeat of a request whose answer was lost takes another unit. */
  readonly idempotencyKey: IdempotencyKey | null
}

/** Too many wrong on-site passwords. */
export interface PasswordLocked {
  readonly outcome: 'locked'
  readonly retryAfterSeconds: number
}

/**
 * Checks the on-site password, where one was given, and lets the strategy decide.
 * @throws RangeError `userId` or `memo` is out of its bounds
 */
export async function takeUnit(
  database: Queryable,
  strategy: TakeStrategy,
  checkOnsitePassword: CheckOnsitePassword,
  request: UnitRequest,
  ttlSeconds: number | null,
): Promise<TakeVerdict | Overloaded | PasswordLocked> {
  const { accountId, code, userId, memo, onsitePassword, caller, idempotencyKey } = request
  if (userId !== null) requireText('userId', userId, { min: 1, max: MAX_USER_ID_LENGTH })
  requireText('memo', memo, { min: 0, max: MAX_MEMO_LENGTH })
  let verifiedHash: string | null = null
  if (onsitePassword !== null && !(await isKeyAnswered(database, accountId, idempotencyKey))) {
    const check = await checkOnsitePassword(accountId, code, caller, onsitePassword)
    if (check.outcome === 'wrong') return { outcome: 'rejected', reason: 'ONSITE_PASSWORD_WRONG' }
    if (check.outcome !== 'passed') return check
    verifiedHash = check.hash
  }
  return strategy.take({
    id: newId(),
    accountId,
    code,
    userId,
    memo,
    verifiedHash,
    key: idempotencyKey,
    fingerprint: fingerprint(ttlSeconds === null ? 'redeem' : 'reserve', {
      code,
      userId,
      memo,
      ttlSeconds,
    }),
    ttlSeconds,
  })
}

/** A repeat of an answered key gets its answer, even where the password's tries are locked by now. */
async function isKeyAnswered(
  database: Queryable,
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
