import { createHash } from 'node:crypto'
import { createTestDatabase } from '@coupon-gateway/test-postgres'
import pg from 'pg'
import { expect, inject, it } from 'vitest'
import { assertFitForDemo, UnfitDatabaseError } from './fit-for-demo.ts'

const demoKey = createHash('sha256').update('demo_personal_key').digest('hex')

async function databaseWith(sql: string): Promise<string> {
  const url = await createTestDatabase(inject('postgresUrl'))
  const client = new pg.Client(url)
  await client.connect()
  await client.query(sql)
  await client.end()
  return url
}

it.each([
  ['an empty database', ''],
  [
    'a database that has the demo',
    `create table coupon (id integer); create table api_key (key_hash text); insert into api_key values ('${demoKey}')`,
  ],
])('%s is fit for the demo', async (_what, sql) => {
  await expect(assertFitForDemo(await databaseWith(sql))).resolves.toBeUndefined()
})

it.each([
  ['somebody else’s tables', 'create table customer (id integer)', 'is not empty (customer)'],
  [
    'somebody else’s tables in a schema of their own',
    'create schema shop; create table shop.customer (id integer)',
    'is not empty (customer)',
  ],
  [
    'somebody else’s keys',
    'create table api_key (id integer); insert into api_key values (1)',
    'is not empty (api_key), and the demo is not in it',
  ],
  [
    'our tables and real keys',
    `create table coupon (id integer); create table api_key (key_hash text); insert into api_key values ('real')`,
    'is not empty (api_key, coupon), and the demo is not in it',
  ],
])('a database with %s is not', async (_what, sql, message) => {
  const failing = assertFitForDemo(await databaseWith(sql))
  await expect(failing).rejects.toThrow(message)
  await expect(failing).rejects.toThrow(UnfitDatabaseError)
})
