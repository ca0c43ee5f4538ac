export { DataDirectoryInUseError, DataDirectoryUnusableError } from './data-directory-lock.ts'
export {
  type Database,
  DatabaseBusyError,
  DatabaseUnavailableError,
  type Queryable,
  StatementError,
  type TransactionOptions,
} from './database.ts'
export { type MigrationState, migrate, readMigrations } from './migrate.ts'
export { openPglite, type PgliteOptions } from './pglite.ts'
export { openPostgres } from './postgres.ts'
