import { CORE_MIGRATIONS } from '@coupon-gateway/core'
import { type Queryable, readMigrations } from '@coupon-gateway/database'
import { API_MIGRATIONS } from '../migrations.ts'
import { CommandError } from './command-error.ts'

/**
 * A command that only reads, or changes a row, leaves the tables as they are: it works on the version that it
 * was written for, and says what brings the database there.
 */
export async function requireTables(database: Queryable): Promise<void> {
  const migrations = [
    ...(await readMigrations(database, 'core', CORE_MIGRATIONS)),
    ...(await readMigrations(database, 'api', API_MIGRATIONS)),
  ]
  const pending = migrations.filter(({ state }) => state === 'pending')
  if (pending.length === 0) return
  throw new CommandError(
    'TABLES_OUT_OF_DATE',
    `the database lacks ${pending.map(({ room, name }) => `${room}/${name}`).join(', ')}; start the service once, or \`coupon account create\`, to bring its tables up to date`,
  )
}
