import type pg from 'pg'
import type { LoggedRedemption } from '../contract/coupon-store.ts'

const COLUMNS = `redemptions.id as "redemptionId", coupon_id as "couponId", code, user_id as "userId", memo,
  idempotency_key as "idempotencyKey", ordinal, redeemed_at as "redeemedAt",
  rolled_back_at as "rolledBackAt", rollback_reason as "rollbackReason"`

type Row = Omit<LoggedRedemption, 'redeemedAt' | 'rolledBackAt'> & {
  readonly redeemedAt: Date
  readonly rolledBackAt: Date | null
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

export async function findRedemption(
  client: pg.PoolClient,
  redemptionId: string,
): Promise<LoggedRedemption | undefined> {
  if (!UUID.test(redemptionId)) return undefined
  const { rows } = await client.query<Row>(
    `select ${COLUMNS} from redemptions join coupons on coupons.id = coupon_id
     where redemptions.id = $1`,
    [redemptionId],
  )
  return rows[0] && toLogged(rows[0])
}

/** Newest first, of the coupon that has the code now. */
export async function listRedemptions(
  pool: pg.Pool,
  code: string,
  beforeOrdinal: number | null,
  limit: number,
): Promise<readonly LoggedRedemption[]> {
  const { rows } = await pool.query<Row>(
    `select ${COLUMNS} from redemptions join coupons on coupons.id = coupon_id
     where code = $1 and deleted_at is null and ($2::integer is null or ordinal < $2)
     order by ordinal desc limit $3`,
    [code, beforeOrdinal, limit],
  )
  return rows.map(toLogged)
}

function toLogged({ redeemedAt, rolledBackAt, ...row }: Row): LoggedRedemption {
  return {
    ...row,
    redeemedAt: redeemedAt.toISOString(),
    rolledBackAt: rolledBackAt?.toISOString() ?? null,
  }
}
