import type { Queryable } from '@coupon-gateway/database'

/**
 * Uses of an unlimited coupon that are counted anew by each validation until its checkpoint is moved on. So many take
 * about 1 ms.
 */
const MAX_UNCOUNTED_USES = 5_000

/**
 * Keeps what was counted of an unlimited coupon, when it was much: validation does so now and then, redemption never.
 * It changes no answer, so that the answer does not depend on it: where it fails, a later validation tries again.
 *
 * @param uncountedUses uses that were counted from the log, and not kept
 */
export async function keepCountOfUses(
  database: Queryable,
  couponId: string,
  uncountedUses: number,
): Promise<void> {
  if (uncountedUses < MAX_UNCOUNTED_USES) return
  await database.query('select advance_use_checkpoint($1)', [couponId]).catch(() => {})
}
