import { rm } from 'node:fs/promises'
import { type Database, openPglite, openPostgres } from '@coupon-gateway/database'
import { createTestDatabase, makeDataDirectory } from '@coupon-gateway/test-postgres'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { openDatabaseStore } from './database-store.ts'
import { EMPTY_LEDGER, type Ledger } from './ledger.ts'

describe.each(['PostgreSQL', 'PGlite'])('the ledger in %s', (kind) => {
  let database: Database
  let folder: string
  beforeAll(async () => {
    folder = await makeDataDirectory()
    database =
      kind === 'PGlite'
        ? await openPglite(folder)
        : openPostgres(await createTestDatabase(inject('postgresUrl')))
  })
  afterAll(async () => {
    await database?.close()
    await rm(folder, { recursive: true, force: true })
  })

  const count = (ledger: Ledger) => ({
    ledger: { ...ledger, pausedUntilMs: ledger.pausedUntilMs + 1 },
  })

  it('is empty at first, one for each key, and takes one change at a time', async () => {
    const stores = ['key-1', 'key-1', 'key-2'].map((key) => openDatabaseStore(database, key))
    const seen = await stores[2]?.change((ledger, nowMs) => ({ ledger, nowMs }))
    expect(seen?.ledger).toEqual(EMPTY_LEDGER)
    expect(Math.abs((seen?.nowMs ?? 0) - Date.now())).toBeLessThan(60_000)
    const changes = Array.from({ length: 20 }, (_, n) => stores[n % 2]?.change(count))
    await Promise.all(changes)
    expect((await stores[0]?.change(count))?.ledger.pausedUntilMs).toBe(21)
    expect((await stores[2]?.change(count))?.ledger.pausedUntilMs).toBe(1)
  })

  it('is left as it was when a change throws', async () => {
    const store = openDatabaseStore(database, 'key-3')
    await store.change(count)
    const failing = store.change(() => {
      throw new Error('a mistake')
    })
    await expect(failing).rejects.toThrow('a mistake')
    expect((await store.change(count)).ledger.pausedUntilMs).toBe(2)
  })
})
