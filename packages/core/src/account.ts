import type { Queryable } from '@coupon-gateway/database'

/** Who owns coupons. Codes are unique within an account and invisible to every other. */
export interface Account {
  readonly id: number
  readonly name: string
  /** IANA name of the zone in which the account's days begin, for example `Asia/Seoul`. */
  readonly timeZone: string
}

/**
 * Finds the account of this name, or creates it. An existing account keeps its time zone.
 * @throws RangeError `timeZone` is no IANA name: PostgreSQL would take `UTC+9` too, and read it backwards
 */
export async function ensureAccount(
  database: Queryable,
  name: string,
  timeZone: string,
): Promise<Account> {
  if (!isTimeZone(timeZone)) {
    throw new RangeError(`timeZone must be an IANA name such as Asia/Seoul, got ${timeZone}`)
  }
  await database.query(
    'insert into account (name, time_zone) values ($1, $2) on conflict (name) do nothing',
    [name, timeZone],
  )
  const [account] = await database.query<Account>(
    'select id::int as id, name, time_zone as "timeZone" from account where name = $1',
    [name],
  )
  if (account === undefined) throw new Error(`account ${name} vanished while it was created`)
  return account
}

/** Is this an IANA name, which PostgreSQL reads the same way? */
export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return /^[A-Z]/i.test(name)
  } catch {
    return false
  }
}
