import type { Database } from '@coupon-gateway/database'
import type { Operation, Told } from './operation.ts'

interface Row {
  readonly id: string
  readonly key: string | null
  readonly ordinal: number | null
  readonly status: string
}

/**
 * Compares everything that callers were told with the database, and the database with itself. Every outcome must be
 * known: unknown ones are replayed before.
 *
 * @returns one line a difference, none when all is right
 */
export async function verifySoak(
  database: Database,
  operations: ReadonlyMap<string, Operation>,
  told: ReadonlyMap<string, Told>,
): Promise<readonly string[]> {
  const rows = await database.query<Row>(
    'select id, idempotency_key as key, ordinal, status from redemption',
  )
  const byId = new Map(rows.map((row) => [row.id, row]))
  const byKey = new Map(rows.map((row) => [row.key, row]))
  const differences: string[] = []
  for (const [key, { kind }] of operations) {
    const answer = told.get(key)
    if (answer === undefined) {
      differences.push(`${kind} ${key}: its outcome is not known`)
      continue
    }
    const row = answer.redemptionId === undefined ? undefined : byId.get(answer.redemptionId)
    if (answer.outcome === 'redeemed' || answer.outcome === 'reserved') {
      if (row?.key !== key || row.ordinal !== (answer.ordinal ?? null)) {
        differences.push(
          `${kind} ${key}: told ${JSON.stringify(answer)}, logged ${JSON.stringify(row)}`,
        )
      }
    } else if (kind === 'redeem' || kind === 'reserve') {
      if (byKey.has(key))
        differences.push(`${kind} ${key}: told ${answer.outcome}, yet it is in the log`)
    }
    if (answer.status !== undefined && row !== undefined && !canBecome(answer.status, row.status)) {
      differences.push(`${kind} ${key}: told ${answer.status}, logged ${row.status}`)
    }
  }
  for (const { key } of rows) {
    if (key === null || !operations.has(key))
      differences.push(`the log has ${key}, which nobody asked for`)
  }
  return [...differences, ...(await checkDatabase(database))]
}

function canBecome(told: string, logged: string): boolean {
  return (
    told === logged ||
    (told === 'REDEEMED' && logged === 'ROLLED_BACK') ||
    (told === 'EXPIRED' && logged === 'REDEEMED')
  )
}

/** The invariants of the tables, each as a query for what breaks it. */
async function checkDatabase(database: Database): Promise<readonly string[]> {
  const broken = await database.query<{ difference: string }>(`
    with counted as (
      select coupon_id, use_limit, used, held, granted,
        (select count(*) from redemption r where r.coupon_id = u.coupon_id and status = 'REDEEMED') as redeemed,
        (select count(*) from redemption r where r.coupon_id = u.coupon_id and status = 'RESERVED') as reserved,
        (select count(*) from redemption r where r.coupon_id = u.coupon_id) as logged,
        (select count(distinct ordinal) from redemption r where r.coupon_id = u.coupon_id) as ordinals,
        (select max(ordinal) from redemption r where r.coupon_id = u.coupon_id) as highest
      from coupon_usage u
    )
    select format('coupon %s: counted %s used, %s held, %s granted; logged %s, %s, %s', coupon_id, used, held, granted,
        redeemed, reserved, logged) as difference
      from counted where use_limit > 0 and (used, held, granted) is distinct from (redeemed, reserved, logged)
    union all
    select format('coupon %s: %s redeemed and %s reserved of %s', coupon_id, redeemed, reserved, use_limit)
      from counted where use_limit > 0 and redeemed + reserved > use_limit
    union all
    select format('coupon %s: %s ordinals up to %s for %s units', coupon_id, ordinals, highest, logged)
      from counted where use_limit > 0 and logged > 0 and (ordinals <> logged or highest <> logged)
    union all
    select format('coupon %s: user %s has %s', coupon_id, r.user_id, count(*))
      from redemption r join coupon c on c.id = coupon_id
      where status = 'REDEEMED' group by coupon_id, r.user_id, user_limit having count(*) > user_limit`)
  return broken.map(({ difference }) => difference)
}
