import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { inspect } from 'node:util'
import { createTestDatabase } from '@coupon-gateway/test-postgres'
import { afterEach, beforeEach, describe, expect, inject, it, onTestFinished, vi } from 'vitest'
import {
  type Database,
  DatabaseUnavailableError,
  migrate,
  openPostgres,
  type Queryable,
} from '../src/index.ts'
import { startWithholdingProxy, type WithholdingProxy } from './withholding-proxy.ts'

/** Three times the default of `lockTimeoutMs`. */
const QUERY_TIMEOUT_MS = 15_000

async function backendOf(transaction: Queryable): Promise<number> {
  const [row] = await transaction.query<{ pid: number }>('select pg_backend_pid() as pid')
  return row?.pid ?? 0
}

/** Everything that a log could show of what a promise was rejected with. */
async function rejectionOf(promise: Promise<unknown>): Promise<string> {
  const error = await promise.then(
    () => 'nothing',
    (it: unknown) => it,
  )
  return inspect(error, { showHidden: true, depth: null })
}

describe('a server that nobody can reach', () => {
  it('is named with host, port and cause, and without the password', async () => {
    const database = openPostgres('postgres://me:hunter2@127.0.0.1:1/none')
    for (const call of [
      () => database.query('select 1'),
      () => database.transaction(async () => {}),
    ]) {
      await expect(call()).rejects.toThrow(
        new DatabaseUnavailableError(
          'PostgreSQL at 127.0.0.1:1 is unavailable: nobody listens there',
        ),
      )
      expect(await rejectionOf(call())).not.toContain('hunter2')
    }
    await database.close()
  })

  it.each([
    ['postgres://me@[::1]:1/none', 'PostgreSQL at [::1]:1 is unavailable: '],
    ['postgres://me@/none?host=/no/folder', 'PostgreSQL at /no/folder:5432 is unavailable: '],
  ])('is named by %s as one writes it', async (url, message) => {
    const database = openPostgres(url)
    await expect(database.query('select 1')).rejects.toThrow(message)
    await database.close()
  })
})

describe('a server that ends connections', () => {
  let database: Database
  beforeEach(async () => {
    database = openPostgres(await createTestDatabase(inject('postgresUrl')), { poolSize: 1 })
  })
  afterEach(() => database.close())

  const select = () => database.query('select 1 as n')

  it('makes a call fail, and the next one gets a new connection', async () => {
    await expect(database.query('select pg_terminate_backend(pg_backend_pid())')).rejects.toThrow(
      'is unavailable: it ended the connection',
    )
    expect(await select()).toEqual([{ n: 1 }])
  })

  it('killed the process when the connection ended under a statement of a transaction', async () => {
    await expect(
      database.transaction((transaction) =>
        transaction.query('select pg_terminate_backend(pg_backend_pid())'),
      ),
    ).rejects.toThrow(DatabaseUnavailableError)
    expect(await select()).toEqual([{ n: 1 }])
  })

  it('killed the process when the connection ended between the statements of a transaction', async () => {
    const other = openPostgres(await createTestDatabase(inject('postgresUrl')))
    const ended = database.transaction(async (transaction) => {
      await other.query('select pg_terminate_backend($1)', [await backendOf(transaction)])
      await expect(transaction.query('select 1')).rejects.toThrow(DatabaseUnavailableError)
      // What the work makes of it does not matter: nothing of it can be committed.
    })
    await expect(ended).rejects.toThrow(DatabaseUnavailableError)
    expect(await select()).toEqual([{ n: 1 }])
    await other.close()
  })

  it('left the locks of a process that froze in a transaction for hours, and takes them back', async () => {
    expect(
      await database.query(
        `select current_setting('idle_in_transaction_session_timeout') as timeout`,
      ),
    ).toEqual([{ timeout: '10s' }])
    const other = openPostgres(await createTestDatabase(inject('postgresUrl')))
    const frozen = database.transaction(async (transaction) => {
      const pid = await backendOf(transaction)
      await transaction.execute(`set local idle_in_transaction_session_timeout = '1ms'`)
      const isThere = () => other.query('select 1 from pg_stat_activity where pid = $1', [pid])
      while ((await isThere()).length > 0);
      await transaction.query('select 1')
    })
    await expect(frozen).rejects.toThrow(DatabaseUnavailableError)
    expect(await select()).toEqual([{ n: 1 }])
    await other.close()
  })
})

describe('a server that takes no writes any more', () => {
  it('lost its connection to the new primary, for the pool kept the old one', async () => {
    const database = openPostgres(await createTestDatabase(inject('postgresUrl')), { poolSize: 1 })
    let demoted = 0
    const write = database.transaction(async (transaction) => {
      demoted = await backendOf(transaction)
      await transaction.execute('set transaction read only')
      await transaction.execute('create table written (n int)')
    })
    await expect(write).rejects.toThrow('is unavailable: it takes no writes, as a standby does')
    expect(await backendOf(database)).not.toBe(demoted)
    await database.close()
  })
})

describe('a server that stops answering was waited for without end:', () => {
  let proxy: WithholdingProxy
  let database: Database
  beforeEach(async () => {
    proxy = await startWithholdingProxy(await createTestDatabase(inject('postgresUrl')))
    database = openPostgres(proxy.url, { poolSize: 1 })
    await database.query('select 1')
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  })
  afterEach(async () => {
    vi.useRealTimers()
    proxy.deliver()
    await database.close()
    proxy.close()
  })

  it('a statement fails, with an outcome that is not known, and the next has a new connection', async () => {
    const asked = proxy.withhold()
    const answer = rejectionOf(database.query('select 1'))
    await asked
    vi.advanceTimersByTime(QUERY_TIMEOUT_MS)
    expect(await answer).toMatch(
      /^DatabaseUnavailableError: .* is unavailable: it stopped answering/,
    )
    proxy.deliver()
    expect(await database.query('select 2 as n')).toEqual([{ n: 2 }])
  })

  it('a transaction fails without waiting for a rollback too, and its connection is not used again', async () => {
    const transaction = rejectionOf(
      database.transaction(async (it) => {
        await it.query('select 1')
        const asked = proxy.withhold()
        const answer = it.query('select 2')
        await asked
        vi.advanceTimersByTime(QUERY_TIMEOUT_MS)
        await answer
      }),
    )
    expect(await transaction).toMatch(/^DatabaseUnavailableError: .*: it stopped answering/)
    proxy.deliver()
    expect(await database.query('select 3 as n')).toEqual([{ n: 3 }])
  })

  it('a connection that is silent asks whether the other end is there', async () => {
    const keepAlive = vi.spyOn(Socket.prototype, 'setKeepAlive')
    const another = openPostgres(proxy.url)
    await another.query('select 1')
    expect(keepAlive).toHaveBeenCalledWith(true, 10_000)
    keepAlive.mockRestore()
    await another.close()
  })

  it('a migration may take longer', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'coupon-gateway-migrations-'))
    onTestFinished(() => rm(folder, { recursive: true }))
    await writeFile(join(folder, '0001.sql'), 'create table slow (n int)')
    const asked = proxy.withhold()
    const migrated = migrate(database, 'test', pathToFileURL(`${folder}/`))
    await asked
    vi.advanceTimersByTime(24 * 60 * QUERY_TIMEOUT_MS)
    proxy.deliver()
    await migrated
    expect(await database.query('select n from slow')).toEqual([])
  })
})
