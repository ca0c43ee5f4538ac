import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { createTestDatabase } from '@coupon-gateway/test-postgres'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { type CoreUnderTest, openOnPostgres } from './core-under-test.ts'

const COMMAND = fileURLToPath(new URL('../src/verify-command.ts', import.meta.url))

let url: string
let subject: CoreUnderTest
beforeAll(async () => {
  url = await createTestDatabase(inject('postgresUrl'))
  subject = await openOnPostgres(url)
})
afterAll(() => subject.close())

const run = (...options: string[]) =>
  new Promise<{ code: number; output: string }>((resolve) => {
    const child = execFile(process.execPath, [COMMAND, ...options], (_error, stdout, stderr) =>
      resolve({ code: child.exitCode ?? -1, output: stdout + stderr }),
    )
  })

describe('verify', () => {
  it('finds nothing where redemptions, reservations and rollbacks went their way', async () => {
    const code = await subject.create({ useLimit: 3 })
    const redeemed = await subject.redeem(code, { userId: 'ada' })
    await subject.redeem(code, { userId: 'bob' })
    if (redeemed.outcome !== 'redeemed') throw new Error('not redeemed')
    await subject.core.rollback({
      accountId: subject.accountId,
      redemptionId: redeemed.redemption.redemptionId,
      reason: 'test',
      idempotencyKey: null,
    })
    await subject.redeem(await subject.create({ useLimit: 0 }))
    expect(await subject.core.verify()).toEqual([])
    expect(await run('--database-url', url)).toEqual({
      code: 0,
      output: 'all counters agree with the log\n',
    })
  })

  it('names the coupon, the rule and what it found, and the command exits with 1', async () => {
    const code = await subject.create({ useLimit: 5 })
    await subject.redeem(code, { userId: 'ada' })
    await subject.database.query(
      'update coupon_usage set used = used + 1, granted = granted + 1 where coupon_id = (select id from coupon where code = $1)',
      [code],
    )
    expect(await subject.core.verify()).toEqual([
      {
        code,
        couponId: expect.any(String),
        rule: 'the counter agrees with the log',
        found: 'counted 2 used, 0 held, 2 taken; logged 1, 0, 1',
      },
    ])
    const { code: exitCode, output } = await run('--database-url', url)
    expect(exitCode).toBe(1)
    expect(output).toContain(`${code} (`)
    expect(output).toContain('1 differences')
  })

  it('says in one line why it cannot compare, and exits with 2', async () => {
    const { code, output } = await run('--database-url', 'postgres://nobody@127.0.0.1:1/none')
    expect(code).toBe(2)
    expect(output.trim().split('\n')).toHaveLength(1)
  })
})
