import type { CouponCore } from '@coupon-gateway/core'
import type { Database, Queryable } from '@coupon-gateway/database'
import type { CallLimits, Plan } from './plans.ts'

/** An account with its plan, as the command line lists it. */
export interface PlannedAccount {
  readonly id: number
  readonly name: string
  readonly timeZone: string
  readonly plan: Plan
  /** Windows agreed on with it; null: those of its plan. */
  readonly agreedLimits: CallLimits | null
  /** Keys that are not revoked. */
  readonly keys: number
  /** ISO 8601, UTC. */
  readonly createdAt: string
}

export type CreateAccountResult =
  | { readonly outcome: 'created'; readonly account: PlannedAccount }
  | { readonly outcome: 'name-taken' }

/** Creates an account with its plan. Its time zone cannot be changed later: days of validity depend on it. */
export async function createAccount(
  core: CouponCore,
  database: Database,
  {
    name,
    timeZone,
    plan,
    agreedLimits,
  }: Pick<PlannedAccount, 'name' | 'timeZone' | 'plan' | 'agreedLimits'>,
): Promise<CreateAccountResult> {
  const account = await core.ensureAccount(name, timeZone)
  // Of a create that was interrupted here the account is left without its plan, and the next one goes on.
  if (account.timeZone !== timeZone) return { outcome: 'name-taken' }
  if (!(await setFirstPlan(database, account.id, plan, agreedLimits)))
    return { outcome: 'name-taken' }
  const created = await findAccount(database, name)
  if (created === undefined) throw new Error(`account ${name} vanished while it was created`)
  return { outcome: 'created', account: created }
}

/** Gives an account its plan. @returns false when it has one, which stays */
export async function setFirstPlan(
  database: Queryable,
  accountId: number,
  plan: Plan,
  agreedLimits: CallLimits | null = null,
): Promise<boolean> {
  const planned = await database.query(
    `insert into account_plan (account_id, plan, calls_per_minute, calls_per_hour, calls_per_day)
     values ($1, $2, $3, $4, $5) on conflict do nothing returning account_id::int`,
    [accountId, plan, ...columnsOf(agreedLimits)],
  )
  return planned.length > 0
}

/** Changes the plan of an account and what was agreed on with it; its keys follow within five seconds. */
export async function changePlan(
  database: Queryable,
  accountId: number,
  plan: Plan,
  agreedLimits: CallLimits | null,
): Promise<void> {
  await database.query(
    `update account_plan set plan = $2, calls_per_minute = $3, calls_per_hour = $4, calls_per_day = $5
     where account_id = $1`,
    [accountId, plan, ...columnsOf(agreedLimits)],
  )
}

/** All accounts, the oldest first. */
export function listAccounts(database: Queryable): Promise<PlannedAccount[]> {
  return selectAccounts(database, null)
}

export async function findAccount(
  database: Queryable,
  name: string,
): Promise<PlannedAccount | undefined> {
  const [account] = await selectAccounts(database, name)
  return account
}

function selectAccounts(database: Queryable, name: string | null): Promise<PlannedAccount[]> {
  return database.query<PlannedAccount>(
    `
    select account.id::int as id, name, time_zone as "timeZone", plan,
      case when calls_per_minute is not null then json_build_object(
        'minute', calls_per_minute, 'hour', calls_per_hour, 'day', calls_per_day
      ) end as "agreedLimits",
      (select count(*)::int from api_key
       where api_key.account_id = account.id and revoked_at is null) as keys,
      to_char(account.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as "createdAt"
    from account join account_plan on account_plan.account_id = account.id
    where $1::text is null or account.name = $1
    order by account.id`,
    [name],
  )
}

function columnsOf(limits: CallLimits | null): readonly (number | null)[] {
  return limits === null ? [null, null, null] : [limits.minute, limits.hour, limits.day]
}
