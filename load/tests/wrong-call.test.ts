import { createTestDatabase } from '@coupon-gateway/test-postgres'
import pg from 'pg'
import { describe, expect, inject, it } from 'vitest'
import { load } from './load-run.ts'

describe('a wrong call says what is right and exits with 2:', () => {
  it.each([
    [['smoke', '--fast'], "Unknown option '--fast'"],
    [
      ['smoke', '--database-url', 'postgres://nobody@127.0.0.1:1/nothing'],
      'the database of --database-url cannot be reached: connect ECONNREFUSED 127.0.0.1:1',
    ],
  ])('%j', async (options, message) => {
    const { code, output } = await load(options)
    expect(output).toContain(message)
    expect(code).toBe(2)
  })

  it('the database of somebody else', async () => {
    const url = await createTestDatabase(inject('postgresUrl'))
    const client = new pg.Client(url)
    await client.connect()
    await client.query('create table customer (id integer)')
    const { code, output } = await load(['smoke', '--database-url', url])
    expect(output).toContain('is not empty (customer), and the demo is not in it')
    expect(code).toBe(2)
    const { rows } = await client.query(
      `select table_name from information_schema.tables where table_schema = 'public'`,
    )
    expect(rows).toEqual([{ table_name: 'customer' }])
    await client.end()
  })
})
