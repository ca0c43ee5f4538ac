import type { CouponCode } from '@coupon-gateway/coupon-code'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type CoreUnderTest, letTimePass, openOnPostgres, unitOf } from './core-under-test.ts'

describe('a change of the limit of a coupon after all of its units came back', () => {
  let subject: CoreUnderTest
  beforeAll(async () => {
    subject = await openOnPostgres()
  })
  afterAll(() => subject.close())

  const changeLimit = async (code: CouponCode, useLimit: number) => {
    const { accountId } = subject
    const changes = { useLimit }
    return (await subject.core.update({ accountId, code, changes, idempotencyKey: null })).outcome
  }
  const hold = async (code: CouponCode, userId: string | null) => {
    const { redemptionId } = unitOf(await subject.reserve(code, { userId, ttlSeconds: 60 }))
    await letTimePass(subject.database, subject.accountId, 61)
    return redemptionId
  }

  it('from limited to unlimited: the answer is an outcome, no error of the database', async () => {
    const code = await subject.create({ useLimit: 2 })
    await subject.rollback(unitOf(await subject.redeem(code, { userId: 'ada' })).redemptionId)
    expect(await changeLimit(code, 0)).toBeOneOf(['updated', 'locked-by-use'])
  })

  it('from unlimited to limited: a late confirmation is an outcome, no error of the database', async () => {
    const code = await subject.create({ useLimit: 0 })
    const held = await hold(code, 'ada')
    await changeLimit(code, 2)
    expect((await subject.confirm(held)).outcome).toBeOneOf(['settled', 'rejected'])
    expect(await subject.core.verify()).toEqual([])
  })

  it('from 1 to 5: a late confirmation without a user is refused, as a redemption would be', async () => {
    const code = await subject.create({ useLimit: 1 })
    const held = await hold(code, null)
    const changed = await changeLimit(code, 5)
    const { outcome } = await subject.confirm(held)
    expect([changed, outcome]).toBeOneOf([
      ['updated', 'rejected'],
      ['locked-by-use', 'settled'],
    ])
  })
})
