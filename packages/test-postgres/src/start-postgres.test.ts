import pg from 'pg'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createTestDatabase, type PostgresServer, startPostgres } from './index.ts'

let server: PostgresServer

beforeAll(async () => {
  server = await startPostgres()
})

afterAll(() => server.stop())

it('runs a durable PostgreSQL of at least version 15', async () => {
  const client = new pg.Client(server.url)
  await client.connect()
  const { rows } = await client.query(
    `select current_setting('fsync') fsync, current_setting('synchronous_commit') commit,
       current_setting('server_version_num')::int version`,
  )
  await client.end()
  expect(rows[0]).toMatchObject({ fsync: 'on', commit: 'on' })
  expect(rows[0].version).toBeGreaterThanOrEqual(150_000)
})

it('gives every test file a database of its own', async () => {
  const [first, second] = await Promise.all([
    createTestDatabase(server.url),
    createTestDatabase(server.url),
  ])
  expect(first).not.toBe(second)
})
