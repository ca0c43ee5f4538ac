import type { Database } from '@coupon-gateway/database'

/** From `src/journal` and from `dist/journal`. */
const MIGRATIONS = new URL('../../migrations/', import.meta.url)

/**
 * Brings the tables of the journal into a database, which may hold other things too. A client does so itself
 * before its first redemption; who calls it at the start learns then whether the database is there.
 */
export async function migrateJournal(database: Database): Promise<void> {
  // Loaded here: clients without a journal need neither PostgreSQL's client nor PGlite.
  const { migrate } = await import('@coupon-gateway/database')
  await migrate(database, 'client', MIGRATIONS)
}
