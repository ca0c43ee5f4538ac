import { rm } from 'node:fs/promises'
import { type Database, openPglite, openPostgres } from '@coupon-gateway/database'
import { createTestDatabase, makeDataDirectory } from '@coupon-gateway/test-postgres'
import { inject, onTestFinished } from 'vitest'
import {
  createUpstreamClient,
  type JournalOptions,
  type UpstreamClient,
  type UpstreamClientOptions,
} from '../src/index.ts'
import { API_KEY } from './api-under-test.ts'

/** Databases that a journal may be in, each empty. */
export const JOURNAL_DATABASES = {
  PostgreSQL: async () => openPostgres(await createTestDatabase(inject('postgresUrl'))),
  async PGlite() {
    const folder = await makeDataDirectory()
    const database = await openPglite(folder)
    return {
      ...database,
      async close() {
        await database.close()
        await rm(folder, { recursive: true, force: true })
      },
    }
  },
} as const satisfies Record<string, () => Promise<Database>>

/** Rounds that come soon, and a settle delay that passes in a test. */
export const QUICK = { reconcileIntervalMs: 20, settleDelayMs: 200, leaseMs: 1_000 } as const

/** A client of a hosted upstream over a journal; closed when the test ends. */
export function openJournalledClient(
  url: string,
  database: Database,
  {
    journal = {},
    ...options
  }: Partial<Omit<UpstreamClientOptions, 'journal'>> & {
    readonly journal?: Partial<JournalOptions>
  } = {},
): UpstreamClient {
  const client = createUpstreamClient({
    urls: [url],
    apiKey: API_KEY,
    profile: 'hosted',
    journal: { database, ...QUICK, ...journal },
    ...options,
  })
  onTestFinished(() => client.close())
  return client
}

/** The state of an entry, as its table has it. */
export async function stateOf(database: Database, idempotencyKey: string): Promise<string | null> {
  const [row] = await database.query<{ state: string }>(
    'select state from journal_entry where idempotency_key = $1',
    [idempotencyKey],
  )
  return row?.state ?? null
}
