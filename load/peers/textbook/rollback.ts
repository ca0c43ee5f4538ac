import type pg from 'pg'
import type { LoggedRedemption, RollbackRequest, RollbackResult } from '../contract/coupon-store.ts'
import { claimKey, storeResponse } from './idempotency-key.ts'
import { inTransaction } from './in-transaction.ts'
import { findRedemption } from './redemption-log.ts'
import { orRefused, Refused } from './refused.ts'

/** Gives a unit back, once: the coupon is locked before its redemption, as redeeming does. */
export function rollback(pool: pg.Pool, request: RollbackRequest): Promise<RollbackResult> {
  return orRefused(inTransaction(pool, (client) => rollbackIn(client, request)))
}

async function rollbackIn(
  client: pg.PoolClient,
  request: RollbackRequest,
): Promise<RollbackResult> {
  const { redemptionId, reason, idempotencyKey } = request
  const stored = await claimKey<LoggedRedemption>(client, idempotencyKey, request)
  if (stored !== null) return { outcome: 'rolled back', redemption: stored, replayed: true }

  const found = await findRedemption(client, redemptionId)
  if (found === undefined) throw new Refused('REDEMPTION_NOT_FOUND')
  await client.query('select 1 from coupons where id = $1 for update', [found.couponId])
  const ended = await client.query(
    `update redemptions set rolled_back_at = now(), rollback_reason = $2
     where id = $1 and rolled_back_at is null`,
    [redemptionId, reason],
  )
  if (ended.rowCount === 0) throw new Refused('ALREADY_ROLLED_BACK')
  await client.query('update coupons set used = used - 1 where id = $1', [found.couponId])
  const redemption = (await findRedemption(client, redemptionId)) ?? found
  await storeResponse(client, idempotencyKey, redemption)
  return { outcome: 'rolled back', redemption, replayed: false }
}
