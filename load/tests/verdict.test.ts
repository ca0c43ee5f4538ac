import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startServiceProcess } from '@coupon-gateway/stack'
import { createTestDatabase } from '@coupon-gateway/test-postgres'
import pg from 'pg'
import { beforeAll, describe, expect, inject, it } from 'vitest'
import { findK6 } from '../runner/k6-binary.ts'

// Real k6, real processes, real PostgreSQL: what `pnpm load` does, and what it says.

const ROOT = fileURLToPath(new URL('../../', import.meta.url))

beforeAll(async () => {
  await findK6((message) => process.stderr.write(message))
}, 900_000)

async function load(...options: string[]): Promise<{ code: number; output: string }> {
  const child = spawn(process.execPath, ['load/runner/main.ts', ...options], { cwd: ROOT })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk
    })
  }
  const [code] = (await once(child, 'close')) as [number]
  return { code, output }
}

/** A database whose redeem function has lost its lock on the counter, and the constraints that back it up. */
async function createDatabaseWithoutGuard(): Promise<string> {
  const url = await createTestDatabase(inject('postgresUrl'))
  // The api brings the tables; its own start leaves the function alone from then on.
  const api = await startServiceProcess('api', { DATABASE_URL: url, LOG_LEVEL: 'warn' })
  await api.stop()
  const functions = await readFile(join(ROOT, 'packages/core/migrations/0002-decide.sql'), 'utf8')
  const guard = 'where coupon_id = v_coupon.id for update;'
  expect(functions).toContain(guard)
  const client = new pg.Client(url)
  await client.connect()
  await client.query(
    functions
      .replace(guard, 'where coupon_id = v_coupon.id;')
      .replaceAll('create function', 'create or replace function'),
  )
  await client.query(`
    alter table coupon_usage drop constraint coupon_usage_check;
    alter table redemption drop constraint redemption_coupon_id_ordinal_key`)
  await client.end()
  return url
}

describe('the verdict', () => {
  it('of a smoke run is PASS, and the run leaves its report and its summary', {
    timeout: 120_000,
  }, async () => {
    const { code, output } = await load('smoke')
    expect(output).toContain('VERDICT PASS: 1006 grants, every one right')
    expect(code).toBe(0)
    const [, report = ''] = /report +(\S+report\.html)/.exec(output) ?? []
    const [, summary = ''] = /summary +(\S+summary\.json)/.exec(output) ?? []
    expect(await readFile(join(ROOT, report), 'utf8')).toContain('<html')
    expect(JSON.parse(await readFile(join(ROOT, summary), 'utf8'))).toMatchObject({
      metrics: { coupon_granted: { values: { count: 1006 } } },
    })
  })

  it('of a burst on two api processes is PASS: 1, 5 and 10000 grants, no user twice', {
    timeout: 300_000,
  }, async () => {
    const { code, output } = await load('burst')
    expect(output).toContain('VERDICT PASS: 10006 grants, every one right')
    expect(code).toBe(0)
    // 500 tries of 100 users on a coupon limited to 5.
    expect(output).toMatch(/\b5 +500 +5 +495 +5\n/)
  })

  it('of a burst without the lock on the counter is FAIL: coupons are oversold', {
    timeout: 300_000,
  }, async () => {
    const { code, output } = await load(
      'burst',
      '--database-url',
      await createDatabaseWithoutGuard(),
    )
    expect(output).toContain('VERDICT FAIL')
    expect(output).toContain('"never more redemptions than the limit" does not hold: oversold')
    expect(code).toBe(1)
  })
})

describe('a wrong call says what is right and exits with 2:', () => {
  it.each([
    [[], 'workload must be one of smoke, burst, got nothing'],
    [['nonsense'], 'workload must be one of smoke, burst, got nonsense'],
    [['smoke', '--fast'], "Unknown option '--fast'"],
  ])('%j', async (options, message) => {
    const { code, output } = await load(...options)
    expect(output).toContain(message)
    expect(code).toBe(2)
  })
})
