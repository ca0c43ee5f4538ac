import type { Database } from '@coupon-gateway/database'
import { migrateJournal } from './migrate-journal.ts'

/** Where a journal is. */
export type JournalPlace =
  /** A PostgreSQL server, which takes many processes. */
  | { readonly url: string }
  /** A folder of this process alone, made when missing. */
  | { readonly dataDirectory: string }

/**
 * Opens a database for a journal and brings its tables into it: for those who have none open already. It is to be
 * closed after the client.
 *
 * @throws DatabaseUnavailableError, DataDirectoryInUseError, DataDirectoryUnusableError of `packages/database`
 */
export async function openJournalDatabase(place: JournalPlace): Promise<Database> {
  const { openPglite, openPostgres } = await import('@coupon-gateway/database')
  const database = 'url' in place ? openPostgres(place.url) : await openPglite(place.dataDirectory)
  try {
    await migrateJournal(database)
    return database
  } catch (error) {
    await database.close()
    throw error
  }
}
