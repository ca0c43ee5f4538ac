export { DataDirectoryInUseError } from './data-directory-lock.ts'
export {
  type Database,
  DatabaseBusyError,
  DatabaseUnavailableError,
  type Queryable,
} from './database.ts'
export { migrate } from './migrate.ts'
export { openPglite } from './pglite.ts'
export { openPostgres } from './postgres.ts'
