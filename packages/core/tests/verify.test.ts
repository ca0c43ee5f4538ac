import { createTestDatabase } from '@coupon-gateway/test-postgres'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { type CoreUnderTest, openOnPostgres } from './core-under-test.ts'

let subject: CoreUnderTest
beforeAll(async () => {
  subject = await openOnPostgres(await createTestDatabase(inject('postgresUrl')))
})
afterAll(() => subject.close())

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
  })

  it('names the coupon, the rule and what it found', async () => {
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
  })
})
