import type { Queryable } from '@coupon-gateway/database'
import { demand, type Finding } from './finding.ts'

interface AtRest {
  readonly useLimit: number
  readonly userLimit: number
  readonly used: number
  readonly held: number
  readonly granted: number
  readonly redeemed: number
  readonly reserved: number
  readonly logged: number
  readonly ordinals: readonly (number | null)[]
  readonly anonymous: number
  readonly greediestUser: number
  readonly repeatedKeys: number
  readonly unansweredKeys: number
  readonly inTheFuture: number
}

/** What must be true of a coupon in the database at rest, whoever was told what. */
export async function findBrokenInvariants(
  database: Queryable,
  couponId: string,
): Promise<readonly Finding[]> {
  const [row] = await database.query<AtRest>(
    `with log as (select * from redemption where coupon_id = $1),
       live as (select * from log where status in ('REDEEMED', 'RESERVED'))
     select use_limit as "useLimit", user_limit as "userLimit", used, held, granted,
       (select count(*)::int from log where status = 'REDEEMED') as redeemed,
       (select count(*)::int from log where status = 'RESERVED') as reserved,
       (select count(*)::int from log) as logged,
       (select coalesce(jsonb_agg(ordinal order by ordinal), '[]') from log) as ordinals,
       (select count(*)::int from log where user_id is null) as anonymous,
       (
         select coalesce(max(units), 0)::int from (
           select count(*) as units from live where user_id is not null group by user_id
         ) as by_user
       ) as "greediestUser",
       (
         select count(*)::int from (
           select from log where idempotency_key is not null
           group by idempotency_key having count(*) > 1
         ) as repeated
       ) as "repeatedKeys",
       (
         select count(*)::int from log left join idempotency_key as stored
           on stored.account_id = log.account_id and key = log.idempotency_key
         where idempotency_key is not null and answer ->> 'redemptionId' is distinct from log.id::text
       ) as "unansweredKeys",
       (
         select count(*)::int from log
         where greatest(taken_at, redeemed_at, ended_at) > clock_timestamp()
       ) as "inTheFuture"
     from coupon join coupon_usage on coupon_id = id where id = $1`,
    [couponId],
  )
  if (row === undefined) throw new Error(`there is no coupon ${couponId}`)
  const { useLimit, redeemed, reserved, logged } = row
  const isLimited = useLimit > 0
  const counted = [row.used, row.held, row.granted]
  const inLog = isLimited ? [redeemed, reserved, logged] : [0, 0, 0]
  const dense = row.ordinals.map((_, index) => (isLimited ? index + 1 : null))
  return [
    ...demand(
      `${counted}` === `${inLog}`,
      'the counter is what the log says',
      `used, held, granted are ${counted} in the counter, ${inLog} in the log`,
    ),
    ...demand(
      !isLimited || redeemed + reserved <= useLimit,
      'no more units stand than the limit',
      `${redeemed} redeemed and ${reserved} held of ${useLimit}`,
    ),
    ...demand(
      JSON.stringify(row.ordinals) === JSON.stringify(dense),
      'ordinals are 1, 2, 3 … without gap or repeat',
      JSON.stringify(row.ordinals),
    ),
    ...demand(
      row.greediestUser <= row.userLimit,
      'no user has more units than his limit',
      `one has ${row.greediestUser} of ${row.userLimit}`,
    ),
    ...demand(
      useLimit < 2 || row.anonymous === 0,
      'a coupon limited to 2 or more knows its users',
      `${row.anonymous} units of nobody`,
    ),
    ...demand(
      row.repeatedKeys === 0,
      'one key has one row in the log',
      `${row.repeatedKeys} keys have more`,
    ),
    ...demand(
      row.unansweredKeys === 0,
      'the answer of a key is stored with its effect',
      `${row.unansweredKeys} are not, or are another unit's`,
    ),
    ...demand(
      row.inTheFuture === 0,
      'everything in the log has happened by the clock of the database',
      `${row.inTheFuture} rows are of the future`,
    ),
  ]
}
