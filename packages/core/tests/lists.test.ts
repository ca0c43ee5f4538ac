import { type CouponCode, generateCouponCode } from '@coupon-gateway/coupon-code'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import {
  type CouponQuery,
  type Redemption,
  type RedemptionFilter,
  type RedemptionQuery,
  saveGroup,
} from '../src/index.ts'
import {
  type CoreUnderTest,
  letTimePass,
  newKey,
  openOnPglite,
  openOnPostgres,
  unitOf,
} from './core-under-test.ts'

describe.each([
  ['PostgreSQL', openOnPostgres],
  ['PGlite', openOnPglite],
])('on %s', (_name, open) => {
  let subject: CoreUnderTest
  let otherAccountId: number
  beforeAll(async () => {
    subject = await open()
    otherAccountId = (await subject.core.ensureAccount('other', 'UTC')).id
  })
  afterAll(() => subject.close())

  const redeem = async (code: CouponCode, userId: string | null = null) =>
    unitOf(await subject.redeem(code, { userId })).redemptionId
  const reserve = async (code: CouponCode, userId: string | null = null) =>
    unitOf(await subject.reserve(code, { userId, ttlSeconds: 60 })).redemptionId
  const createIn = async (accountId: number, code: CouponCode, groupId: number | null = null) => {
    if (groupId !== null) {
      const group = { accountId, kind: 'group', id: groupId, name: '', settings: {} } as const
      await saveGroup(subject.database, group)
    }
    const result = await subject.core.create({
      accountId,
      code,
      coupon: { discountKind: 'percent', discount: 10, groupId },
      idempotencyKey: null,
    })
    if (result.outcome !== 'created') throw new Error(`not created: ${JSON.stringify(result)}`)
    return result.coupon
  }
  /** Every page after the other. */
  async function idsOf(query: Partial<RedemptionQuery>): Promise<string[]> {
    const ids: string[] = []
    let cursor: string | null = null
    do {
      const page = await subject.core.listRedemptions({
        accountId: subject.accountId,
        limit: 2,
        ...query,
        cursor,
      })
      expect(page.redemptions.length).toBeLessThanOrEqual(2)
      ids.push(...page.redemptions.map(({ redemptionId }) => redemptionId))
      cursor = page.nextCursor
    } while (cursor !== null)
    return ids
  }

  describe('the log', () => {
    let coupon: CouponCode
    let other: CouponCode
    beforeEach(async () => {
      coupon = await subject.create()
      other = await subject.create()
    })

    it('has the redemptions of a code, by its deleted coupons too, newest first', async () => {
      const first = await redeem(coupon)
      await redeem(other)
      const second = await redeem(coupon)
      await subject.core.delete({
        accountId: subject.accountId,
        code: coupon,
        idempotencyKey: null,
      })
      await subject.create({}, { code: coupon })
      const third = await redeem(coupon)
      expect(await idsOf({ code: coupon })).toEqual([third, second, first])
    })

    it('has the redemptions of a user over all coupons, or of one', async () => {
      const userId = newKey()
      const here = await redeem(coupon, userId)
      await redeem(coupon, 'somebody else')
      const there = await redeem(other, userId)
      expect(await idsOf({ userId })).toEqual([there, here])
      expect(await idsOf({ userId, code: coupon })).toEqual([here])
    })

    it('has the redemptions in a state, where a reservation is EXPIRED once its time is over', async () => {
      const expired = await reserve(coupon)
      const expiredAndFound = await reserve(coupon)
      await letTimePass(subject.database, subject.accountId, 61)
      await subject.release(expiredAndFound)
      const reserved = await reserve(coupon)
      const released = await reserve(coupon)
      await subject.release(released)
      const redeemed = await redeem(coupon)
      const rolledBack = await redeem(coupon)
      await subject.rollback(rolledBack)
      const states = {
        RESERVED: [reserved],
        EXPIRED: [expiredAndFound, expired],
        RELEASED: [released],
        REDEEMED: [redeemed],
        ROLLED_BACK: [rolledBack],
      } as const
      for (const [status, ids] of Object.entries(states)) {
        expect(await idsOf({ code: coupon, status: status as keyof typeof states })).toEqual(ids)
      }
      // The same without a code, which is read by another way.
      expect(await idsOf({ status: 'EXPIRED' })).toEqual(expect.arrayContaining([expired]))
      expect(await idsOf({ status: 'REDEEMED' })).not.toContain(rolledBack)
    })

    it('has the redemptions from one moment to before another', async () => {
      const ids = [await redeem(coupon), await redeem(coupon), await redeem(coupon)]
      const { redemptions } = await subject.core.listRedemptions({
        accountId: subject.accountId,
        code: coupon,
        cursor: null,
        limit: 3,
      })
      const moments = redemptions.toReversed().map(({ takenAt }) => Date.parse(takenAt))
      // Several may have been taken in one millisecond; the moments of the log are finer than those of a Date.
      const from = new Date(moments[1] ?? 0)
      const before = new Date((moments[1] ?? 0) + 1)
      const between = ids.filter((_, index) => moments[index] === moments[1]).toReversed()
      expect(await idsOf({ code: coupon, takenFrom: from, takenBefore: before })).toEqual(between)
      expect(await idsOf({ code: coupon, takenFrom: new Date(8.64e15) })).toEqual([])
      expect(await idsOf({ code: coupon, takenBefore: new Date(0) })).toEqual([])
      expect(await idsOf({ code: coupon, takenFrom: new Date(0) })).toHaveLength(3)
    })

    it('has nothing of another account', async () => {
      const { code } = await createIn(otherAccountId, generateCouponCode(12))
      await subject.redeem(code, { accountId: otherAccountId, userId: 'the-other' })
      expect(await idsOf({ code })).toEqual([])
      expect(await idsOf({ userId: 'the-other' })).toEqual([])
      const [redemption] = await log({ accountId: otherAccountId, code })
      const name = { redemptionId: redemption?.redemptionId ?? '' }
      expect(await subject.core.findRedemption(otherAccountId, name)).toEqual(redemption)
      expect(await subject.core.findRedemption(subject.accountId, name)).toBeUndefined()
      const key = { idempotencyKey: redemption?.idempotencyKey ?? '' }
      expect(await subject.core.findRedemption(otherAccountId, key)).toEqual(redemption)
      expect(await subject.core.findRedemption(subject.accountId, key)).toBeUndefined()
    })

    it('comes whole as a stream, from a cursor on, and reads no page before it is wanted', async () => {
      const userId = newKey()
      const many = await subject.create({ userLimit: 1_000 })
      const ids: string[] = []
      for (let count = 0; count < 1_000; count += 1) ids.unshift(await redeem(many, userId))
      const filter = { userId, cursor: null }
      expect((await log(filter)).map(({ redemptionId }) => redemptionId)).toEqual(ids)
      expect(await log({ ...filter, cursor: ids[900] ?? null })).toHaveLength(99)

      const pages = subject.core
        .streamRedemptions({ accountId: subject.accountId, ...filter })
        [Symbol.asyncIterator]()
      const first = await pages.next()
      expect(first.value).toHaveLength(500)
      // Of what happened since, the second page knows: it was not read together with the first.
      await subject.rollback(ids.at(-1) ?? '')
      const second = await pages.next()
      expect(second.value.at(-1)).toMatchObject({ status: 'ROLLED_BACK' })
    })

    async function log(filter: Partial<RedemptionFilter>): Promise<Redemption[]> {
      const rows: Redemption[] = []
      const { accountId } = subject
      for await (const page of subject.core.streamRedemptions({
        accountId,
        cursor: null,
        ...filter,
      })) {
        rows.push(...page)
      }
      return rows
    }
  })

  describe('one redemption', () => {
    it('is found by its id and by the key that it was taken under, not by one of its later steps', async () => {
      const coupon = await subject.create()
      const [key, confirmKey] = [newKey(), newKey()]
      const { redemptionId } = unitOf(await subject.reserve(coupon, { idempotencyKey: key }))
      const find = (name: Parameters<CoreUnderTest['core']['findRedemption']>[1]) =>
        subject.core.findRedemption(subject.accountId, name)
      expect(await find({ redemptionId })).toMatchObject({ redemptionId, status: 'RESERVED' })
      const confirmed = await subject.confirm(redemptionId, confirmKey)
      expect(confirmed).toMatchObject({ redemption: await find({ idempotencyKey: key }) })
      expect(await find({ redemptionId: redemptionId.toUpperCase() })).toMatchObject({
        redemptionId,
        code: coupon,
        idempotencyKey: key,
        status: 'REDEEMED',
      })
      expect(await find({ idempotencyKey: confirmKey })).toBeUndefined()
    })

    it('is none for an unknown key, the key of another write, and an id that is none', async () => {
      const key = newKey()
      await subject.create({}, { idempotencyKey: key })
      for (const name of [
        { idempotencyKey: key },
        { idempotencyKey: newKey() },
        { redemptionId: newKey() },
        { redemptionId: "'; drop table redemption" },
      ]) {
        expect(await subject.core.findRedemption(subject.accountId, name)).toBeUndefined()
      }
    })
  })

  describe('the coupons', () => {
    it('are listed newest first, all or those of a group, without deleted ones and those of others', async () => {
      const accountId = (await subject.core.ensureAccount(newKey(), 'UTC')).id
      const newCode = () => generateCouponCode(12)
      const [one, two, three, four] = [newCode(), newCode(), newCode(), newCode()]
      await createIn(accountId, one, 7)
      await createIn(accountId, two)
      await createIn(accountId, three, 7)
      await createIn(accountId, four, 7)
      await createIn(otherAccountId, generateCouponCode(12), 7)
      await subject.core.delete({ accountId, code: three, idempotencyKey: null })

      const codesOf = async (query: Partial<CouponQuery>) => {
        const codes: string[] = []
        let cursor: string | null = null
        do {
          const page = await subject.core.listCoupons({
            accountId,
            groupId: null,
            limit: 2,
            ...query,
            cursor,
          })
          codes.push(...page.coupons.map(({ code }) => code))
          cursor = page.nextCursor
        } while (cursor !== null)
        return codes
      }
      expect(await codesOf({})).toEqual([four, two, one])
      expect(await codesOf({ limit: 1 })).toEqual([four, two, one])
      expect(await codesOf({ groupId: 7 })).toEqual([four, one])
      expect(await codesOf({ groupId: 8 })).toEqual([])
    })

    it('are validated together as each by itself, in the order asked', async () => {
      const usable = await subject.create({ useLimit: 2 })
      const used = await subject.create({ useLimit: 1 })
      await redeem(used, 'ada')
      const [expired, unknown] = [
        await subject.create({ endsOn: '2020-01-01' }),
        generateCouponCode(12),
      ]
      const redeemed = await subject.create({ useLimit: 2 })
      await redeem(redeemed, 'ada')
      const { code: invisible } = await createIn(otherAccountId, generateCouponCode(12))
      const codes = [usable, used, expired, unknown, redeemed, invisible, usable]
      const { accountId, core } = subject
      for (const userId of [null, 'ada']) {
        const together = await core.validateMany({ accountId, codes, userId })
        const each = await Promise.all(codes.map((code) => subject.validate(code, userId)))
        expect(together).toEqual(each)
      }
      expect(await core.validateMany({ accountId, codes: [], userId: null })).toEqual([])
    })
  })
})
