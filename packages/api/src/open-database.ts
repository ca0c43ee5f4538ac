import { type Database, openPglite, openPostgres } from '@coupon-gateway/database'
import type { ApiSettings } from './settings.ts'

/**
 * Opens the database that the settings name; the caller closes it.
 * @throws DataDirectoryInUseError another process, such as the service, has the embedded database open
 */
export async function openDatabase(settings: ApiSettings['database']): Promise<Database> {
  return settings.kind === 'postgres'
    ? openPostgres(settings.url, { poolSize: settings.poolSize })
    : await openPglite(settings.dataDirectory)
}
