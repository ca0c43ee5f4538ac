import type { CouponCore } from '@coupon-gateway/core'
import type { Database, Queryable } from '@coupon-gateway/database'
import type { Plan } from './plans.ts'

/** An account with its plan, as the command line lists it. */
export interface PlannedAccount {
  readonly id: number
  readonly name: string
  readonly timeZone: string
  readonly plan: Plan
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
  { name, timeZone, plan }: Pick<PlannedAccount, 'name' | 'timeZone' | 'plan'>,
): Promise<CreateAccountResult> {
  const account = await core.ensureAccount(name, timeZone)
  // Of a create that was interrupted here the account is left without its plan, and the next one goes on.
  if (account.timeZone !== timeZone) return { outcome: 'name-taken' }
  if (!(await setFirstPlan(database, account.id, plan))) return { outcome: 'name-taken' }
  const created = (await listAccounts(database)).find(({ id }) => id === account.id)
  if (created === undefined) throw new Error(`account ${name} vanished while it was created`)
  return { outcome: 'created', account: created }
}

/** Gives an account its plan. @returns false when it has one, which stays */
export async function setFirstPlan(
  database: Queryable,
  accountId: number,
  plan: Plan,
): Promise<boolean> {
  const planned = await database.query(
    `insert into account_plan (account_id, plan) values ($1, $2)
     on conflict do nothing returning account_id::int`,
    [accountId, plan],
  )
  return planned.length > 0
}

/** All accounts, the oldest first. */
export function listAccounts(database: Database): Promise<PlannedAccount[]> {
  return database.query<PlannedAccount>(`
    select account.id::int as id, name, time_zone as "timeZone", plan,
      count(api_key.id) filter (where revoked_at is null)::int as keys,
      to_char(account.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as "createdAt"
    from account join account_plan on account_plan.account_id = account.id
    left join api_key on api_key.account_id = account.id
    group by account.id, plan order by account.id`)
}
