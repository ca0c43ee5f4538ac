import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import { expect, it } from 'vitest'
import { makeDataDirectory } from './make-data-directory.ts'

it('makes empty embedded databases that know nothing of each other', async () => {
  const folders = await Promise.all([makeDataDirectory(), makeDataDirectory()])
  try {
    const [one, other] = await Promise.all(
      folders.map((folder) => PGlite.create(join(folder, 'pglite'))),
    )
    await one?.exec('create table only_here ()')
    const tables = `select tablename from pg_tables where schemaname = 'public'`
    expect((await one?.query(tables))?.rows).toEqual([{ tablename: 'only_here' }])
    expect((await other?.query(tables))?.rows).toEqual([])
    await Promise.all([one?.close(), other?.close()])
  } finally {
    for (const folder of folders) await rm(folder, { recursive: true })
  }
})
