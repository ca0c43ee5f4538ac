import { createHash, randomUUID } from 'node:crypto'
import type { Database } from '@coupon-gateway/database'
import type { Clock } from '../clock.ts'
import type { ClientHooks } from '../hooks.ts'
import { openDatabaseStore } from './database-store.ts'
import { openRateBudget, type RateBudget } from './rate-budget.ts'
import { type RateLimits, toWindows } from './rate-limits.ts'
import { openUnlimitedBudget } from './unlimited-budget.ts'

export interface BudgetOptions {
  readonly rateLimits: RateLimits | null
  readonly database: Database | null
  readonly expectedProcesses: number
  readonly writeShare: number
  readonly attemptTimeoutMs: number
  readonly clock: Clock
  readonly hooks: ClientHooks
}

/** Opens the budget of a key, as far as it has one, and shared where there is a database. */
export function openBudget(
  apiKey: string,
  { rateLimits, database, writeShare, hooks, ...parts }: BudgetOptions,
): RateBudget {
  const windows = rateLimits === null ? [] : toWindows(rateLimits)
  if (windows.length === 0) return openUnlimitedBudget(parts.clock)
  const keyHash = createHash('sha256').update(apiKey).digest('hex')
  return openRateBudget({
    ...parts,
    rules: { windows, writeShare },
    store: database === null ? null : openDatabaseStore(database, keyHash),
    holder: randomUUID(),
    onSourceChange: (source, cause) => hooks.onBudgetSource?.({ source, cause }),
  })
}
