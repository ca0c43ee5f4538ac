import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { inspect } from 'node:util'
import { createTestDatabase } from '@coupon-gateway/test-postgres'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import {
  type Database,
  DatabaseBusyError,
  DatabaseUnavailableError,
  DataDirectoryInUseError,
  migrate,
  openPglite,
  openPostgres,
  type Queryable,
  StatementError,
} from './index.ts'

const temporaryFolders: string[] = []
const makeFolder = async () => {
  const folder = await mkdtemp(join(tmpdir(), 'coupon-gateway-database-'))
  temporaryFolders.push(folder)
  return folder
}

afterAll(() => Promise.all(temporaryFolders.map((folder) => rm(folder, { recursive: true }))))

describe.each([
  ['PostgreSQL', async () => openPostgres(await createTestDatabase(inject('postgresUrl')))],
  ['PGlite', async () => openPglite(await makeFolder())],
])('%s', (_name, open) => {
  let database: Database
  beforeAll(async () => {
    database = await open()
  })
  afterAll(() => database.close())

  it('reads JSON, texts, integers and times as the same values', async () => {
    const [row] = await database.query(
      `select jsonb_build_object('a', 1) json, 'x'::text as text, 7::int as number,
         '2026-01-02T03:04:05Z'::timestamptz as time`,
    )
    expect(row).toEqual({
      json: { a: 1 },
      text: 'x',
      number: 7,
      time: new Date('2026-01-02T03:04:05Z'),
    })
  })

  it('keeps what a transaction did when its work resolves, and nothing when it rejects', async () => {
    await database.execute('create table kept (n int)')
    await database.transaction((transaction) => transaction.query('insert into kept values (1)'))
    await expect(
      database.transaction(async (transaction) => {
        await transaction.query('insert into kept values (2)')
        throw new Error('changed my mind')
      }),
    ).rejects.toThrow('changed my mind')
    expect(await database.query('select n from kept')).toEqual([{ n: 1 }])
  })

  it('hung parameters and rows on an error of a statement, which reach a log, and keeps its SQLSTATE', async () => {
    await database.execute('create table person (email text primary key, age int not null)')
    const insert = 'insert into person values ($1, $2)'
    await database.query(insert, ['secret@example.com', 1])
    for (const [age, code] of [
      [1, '23505'],
      [null, '23502'],
    ]) {
      const parameters = ['secret@example.com', age]
      for (const refused of [
        () => database.query(insert, parameters),
        () => database.transaction((transaction) => transaction.query(insert, parameters)),
      ]) {
        const error = await refused().catch((it: unknown) => it)
        expect(error).toBeInstanceOf(StatementError)
        expect(error).toMatchObject({ code, message: expect.stringContaining('constraint') })
        expect(inspect(error, { showHidden: true, depth: null })).not.toContain('secret')
      }
    }
  })

  it('runs each migration once, and refuses one that was changed afterwards', async () => {
    const folder = await makeFolder()
    const url = pathToFileURL(`${folder}/`)
    await writeFile(join(folder, '0001-first.sql'), 'create table first (n int)')
    await migrate(database, 'test', url)
    await writeFile(join(folder, '0002-second.sql'), 'insert into first values (1)')
    await migrate(database, 'test', url)
    await migrate(database, 'test', url)
    expect(await database.query('select n from first')).toEqual([{ n: 1 }])

    await writeFile(join(folder, '0002-second.sql'), 'insert into first values (2)')
    await expect(migrate(database, 'test', url)).rejects.toThrow(
      'migration test/0002-second.sql was changed after it ran',
    )
  })

  it('undoes a migration that fails half-way', async () => {
    const folder = await makeFolder()
    await writeFile(join(folder, '0001.sql'), 'create table half (n int); select 1 / 0')
    await expect(migrate(database, 'half', pathToFileURL(`${folder}/`))).rejects.toThrow('division')
    expect(await database.query(`select to_regclass('half')::text as name`)).toEqual([
      { name: null },
    ])
  })
})

describe('PostgreSQL', () => {
  it('lets processes that start together migrate once', async () => {
    const url = await createTestDatabase(inject('postgresUrl'))
    const folder = await makeFolder()
    await writeFile(join(folder, '0001.sql'), 'create table once (n int); select pg_sleep(0.1)')
    const databases = Array.from({ length: 4 }, () => openPostgres(url))
    await Promise.all(databases.map((it) => migrate(it, 'test', pathToFileURL(`${folder}/`))))
    await Promise.all(databases.map((it) => it.close()))
  })

  it('says that it is busy when a lock is not to be had in time', async () => {
    const url = await createTestDatabase(inject('postgresUrl'))
    const holder = openPostgres(url)
    const database = openPostgres(url, { lockTimeoutMs: 50 })
    await holder.execute('create table locked (n int)')
    await holder.transaction(async (transaction) => {
      await transaction.query('lock table locked')
      await expect(database.query('select n from locked')).rejects.toThrow(DatabaseBusyError)
    })
    await Promise.all([holder.close(), database.close()])
  })
})

describe('PGlite', () => {
  it('refuses a second opening of its folder, names the process that has it, and opens after a close', async () => {
    const folder = await makeFolder()
    const first = await openPglite(folder)
    await expect(openPglite(folder)).rejects.toThrow(DataDirectoryInUseError)
    await expect(openPglite(folder)).rejects.toThrow(`in use by process ${process.pid}`)
    await first.close()
    const second = await openPglite(folder)
    await second.close()
  })

  it('let calls wait without a bound, and refuses one too many, which has no effect', async () => {
    const database = await openPglite(await makeFolder(), { maxCalls: 2 })
    await database.execute('create table counted (n int)')
    const insert = () => database.query('insert into counted values (1)')
    const admitted = [insert(), database.transaction(insertTwice)]
    await expect(insert()).rejects.toThrow(DatabaseBusyError)
    await expect(database.execute('select 1')).rejects.toThrow(DatabaseBusyError)
    await Promise.all(admitted)
    expect(await database.query('select count(*)::int as n from counted')).toEqual([{ n: 3 }])
    await database.close()
    await expect(insert()).rejects.toThrow(DatabaseUnavailableError)
  })
})

async function insertTwice(transaction: Queryable) {
  await transaction.query('insert into counted values (1)')
  await transaction.query('insert into counted values (1)')
}
