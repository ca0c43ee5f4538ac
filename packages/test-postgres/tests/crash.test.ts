import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { createTestDatabase, type PostgresServer, startPostgres } from '../src/index.ts'

async function query(url: string, sql: string) {
  const client = new pg.Client(url)
  await client.connect()
  try {
    return (await client.query(sql)).rows
  } finally {
    await client.end()
  }
}

// A server of TEST_DATABASE_URL is somebody else's: it must not crash.
describe.skipIf(process.env.TEST_DATABASE_URL)('a crash of our own server', () => {
  let server: PostgresServer
  beforeAll(async () => {
    server = await startPostgres()
  })
  afterAll(() => server.stop())

  it.each(['crash', 'kill'] as const)(
    'by %s breaks connections; the same URL then has what was committed and nothing else',
    async (how) => {
      const url = await createTestDatabase(server.url)
      await query(url, 'create table kept as select 1 as n')
      const client = new pg.Client(url)
      await client.connect()
      await client.query('begin; insert into kept values (2)')
      const broken = once(client, 'error')
      // A kill breaks it a second time: the answer is cut off, then the connection.
      client.on('error', () => {})
      await server[how]()
      await broken
      expect(await query(url, 'select n from kept')).toEqual([{ n: 1 }])
    },
  )

  it('by a signal from outside does not let stop wait for an end that has been', async () => {
    const killed = await startPostgres()
    const [{ pid }] = await query(
      killed.url,
      // The server itself, not the process of this connection.
      `select split_part(pg_read_file('postmaster.pid'), E'\\n', 1)::int as pid`,
    )
    process.kill(pid, 'SIGKILL')
    while (isAlive(pid)) await nextTurn()
    await killed.stop()
  })

  it('or of the process that starts it left an empty data directory behind', async () => {
    const place = await mkdtemp(join(tmpdir(), 'coupon-gateway-crash-'))
    onTestFinished(() => rm(place, { recursive: true }))
    // The user that a root session runs the server as comes in too.
    await chmod(place, 0o755)
    const index = new URL('../src/index.ts', import.meta.url).href
    const script = `
      import { readdirSync } from 'node:fs'
      import { startPostgres } from '${index}'
      void startPostgres()
      const isThere = () => readdirSync('${place}').some((name) => name.startsWith('coupon-gateway-pg-'))
      setInterval(() => { if (isThere()) process.exit() }, 1)`
    const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
      env: { ...process.env, TMPDIR: place },
      stdio: 'inherit',
    })
    await once(child, 'exit')
    expect((await readdir(place)).filter((name) => name.includes('-pg-'))).toEqual([])
  })
})

it('a server of TEST_DATABASE_URL is not crashed', async () => {
  vi.stubEnv('TEST_DATABASE_URL', 'postgres://postgres@127.0.0.1:1/postgres')
  const given = await startPostgres()
  vi.unstubAllEnvs()
  await expect(given.crash()).rejects.toThrow('the server of TEST_DATABASE_URL is not ours')
})

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
