import type { Queryable } from '@coupon-gateway/database'
import { findAccount, type PlannedAccount } from '../accounts.ts'
import { CommandError } from './command-error.ts'

/** @throws CommandError ACCOUNT_NOT_FOUND */
export async function requireAccount(database: Queryable, name: string): Promise<PlannedAccount> {
  const account = await findAccount(database, name)
  if (account !== undefined) return account
  throw new CommandError(
    'ACCOUNT_NOT_FOUND',
    `there is no account ${name}; \`coupon account list\` shows all`,
  )
}
