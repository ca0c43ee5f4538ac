import type { Queryable } from '@coupon-gateway/database'
import type { IdempotencyKey } from './idempotency.ts'
import { REDEMPTION_COLUMNS, type Redemption } from './redemption.ts'

/** By its id, or by the key that it was taken under: what became of a request whose answer was lost. */
export type RedemptionName =
  | { readonly redemptionId: string }
  | { readonly idempotencyKey: IdempotencyKey }

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** Reads one redemption of the account, if there is one. An id that is no UUID names none. */
export async function findRedemption(
  database: Queryable,
  accountId: number,
  name: RedemptionName,
): Promise<Redemption | undefined> {
  if ('idempotencyKey' in name) return findByKey(database, accountId, name.idempotencyKey)
  if (!UUID.test(name.redemptionId)) return undefined
  const [redemption] = await database.query<Redemption>(
    `select ${REDEMPTION_COLUMNS} from redemption join coupon on coupon.id = coupon_id
     where redemption.account_id = $1 and redemption.id = $2`,
    [accountId, name.redemptionId],
  )
  return redemption
}

/** By way of the stored answers: they are found by their key, and the log need not be. */
async function findByKey(
  database: Queryable,
  accountId: number,
  key: IdempotencyKey,
): Promise<Redemption | undefined> {
  const [redemption] = await database.query<Redemption>(
    `select ${REDEMPTION_COLUMNS}
     from idempotency_key
     join redemption on redemption.account_id = $1 and redemption.id = (answer ->> 'redemptionId')::uuid
     join coupon on coupon.id = coupon_id
     -- The keys of its later steps are not the one that it was taken under.
     where idempotency_key.account_id = $1 and key = $2 and redemption.idempotency_key = key`,
    [accountId, key],
  )
  return redemption
}
