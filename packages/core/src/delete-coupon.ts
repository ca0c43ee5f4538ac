import type { CouponCode } from '@coupon-gateway/coupon-code'
import type { Database } from '@coupon-gateway/database'
import { fingerprint, type IdempotencyKey, type WriteRefusal, writeOnce } from './idempotency.ts'

export interface DeleteCouponInput {
  readonly accountId: number
  readonly code: CouponCode
  readonly idempotencyKey: IdempotencyKey | null
}

export type DeleteCouponResult =
  | { readonly outcome: 'deleted'; readonly replayed: boolean }
  | { readonly outcome: 'not-found' }
  | WriteRefusal

/** Deletes a coupon for good. Its redemptions stay in the log, its code becomes free (rule 5). */
export async function deleteCoupon(
  database: Database,
  input: DeleteCouponInput,
): Promise<DeleteCouponResult> {
  const { accountId, code, idempotencyKey } = input
  const result = await database.transaction((transaction) =>
    writeOnce<null, { outcome: 'not-found' }>(
      transaction,
      { accountId, key: idempotencyKey, fingerprint: fingerprint('delete', { code }) },
      async () => {
        await transaction.query('select lock_code($1, $2, true)', [accountId, code])
        const deleted = await transaction.query(
          `update coupon set deleted_at = clock_timestamp()
           where account_id = $1 and code = $2 and deleted_at is null returning id`,
          [accountId, code],
        )
        return deleted.length === 0 ? { rejection: { outcome: 'not-found' } } : { effect: null }
      },
    ),
  )
  return result.outcome === 'done' ? { outcome: 'deleted', replayed: result.replayed } : result
}
