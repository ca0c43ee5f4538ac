import { generateCouponCode } from '@coupon-gateway/coupon-code'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  type CoreUnderTest,
  type code,
  newKey,
  openOnPglite,
  openOnPostgres,
} from './core-under-test.ts'

const rejected = (reason: string) => ({ outcome: 'rejected', reason })
const redeemedAs = (ordinal: number | null) => ({
  outcome: 'redeemed',
  replayed: false,
  redemption: { ordinal },
})

describe.each([
  ['PostgreSQL', openOnPostgres],
  ['PGlite', openOnPglite],
])('on %s', (_name, open) => {
  let subject: CoreUnderTest
  beforeAll(async () => {
    subject = await open()
  })
  afterAll(() => subject.close())

  const validate = (couponCode: ReturnType<typeof code>, userId: string | null = null) =>
    subject.core.validate({ accountId: subject.accountId, code: couponCode, userId })
  const update = (
    couponCode: ReturnType<typeof code>,
    changes: object,
    idempotencyKey = newKey(),
  ) =>
    subject.core.update({ accountId: subject.accountId, code: couponCode, changes, idempotencyKey })
  const remove = (couponCode: ReturnType<typeof code>, idempotencyKey = newKey()) =>
    subject.core.delete({ accountId: subject.accountId, code: couponCode, idempotencyKey })
  const log = async (couponCode: ReturnType<typeof code>) =>
    (
      await subject.core.listRedemptions({
        accountId: subject.accountId,
        code: couponCode,
        cursor: null,
        limit: 1000,
      })
    ).redemptions

  describe('rule 1: a coupon limited to N is redeemed N times', () => {
    it('grants N units with the ordinals 1 to N, then says EXHAUSTED', async () => {
      const coupon = await subject.create({ useLimit: 3, userLimit: 1 })
      for (const ordinal of [1, 2, 3]) {
        expect(await subject.redeem(coupon, { userId: `user-${ordinal}` })).toMatchObject({
          ...redeemedAs(ordinal),
          redemption: { ordinal, used: ordinal, remaining: 3 - ordinal },
        })
      }
      expect(await subject.redeem(coupon, { userId: 'user-4' })).toEqual(rejected('EXHAUSTED'))
      expect(await validate(coupon)).toMatchObject({
        ...rejected('EXHAUSTED'),
        coupon: { usage: { used: 3, remaining: 0 } },
      })
    })

    it('has a constraint that makes one redemption too many an error', async () => {
      const coupon = await subject.create({ useLimit: 1 })
      await subject.redeem(coupon)
      await expect(
        subject.database.query('update coupon_usage set used = 2 where used = 1 and use_limit = 1'),
      ).rejects.toThrow('coupon_usage')
    })
  })

  describe('rule 2: a user redeems at most userLimit times', () => {
    it('demands a user from a limit of 2, and none below', async () => {
      expect(await subject.redeem(await subject.create({ useLimit: 2 }))).toEqual(
        rejected('USER_ID_REQUIRED'),
      )
      expect(await subject.redeem(await subject.create({ useLimit: 1 }))).toMatchObject(
        redeemedAs(1),
      )
      expect(await subject.redeem(await subject.create({ useLimit: 0 }))).toMatchObject(
        redeemedAs(null),
      )
    })

    it.each([
      ['limited', 10],
      ['unlimited', 0],
    ])('refuses a user of a %s coupon after userLimit redemptions', async (_kind, useLimit) => {
      const coupon = await subject.create({ useLimit, userLimit: 2 })
      const ada = { userId: 'ada' }
      expect(await subject.redeem(coupon, ada)).toMatchObject({ outcome: 'redeemed' })
      expect(await subject.redeem(coupon, ada)).toMatchObject({ outcome: 'redeemed' })
      expect(await subject.redeem(coupon, ada)).toEqual(rejected('ALREADY_REDEEMED_BY_USER'))
      expect(await validate(coupon, 'ada')).toMatchObject(rejected('ALREADY_REDEEMED_BY_USER'))
      expect(await validate(coupon, 'bob')).toMatchObject({ outcome: 'usable' })
    })

    it('counts the uses of an unlimited coupon from the log', async () => {
      const coupon = await subject.create({ useLimit: 0 })
      await subject.redeem(coupon, { memo: 'counter 1' })
      await subject.redeem(coupon, { memo: 'counter 1' })
      expect(await validate(coupon)).toMatchObject({
        outcome: 'usable',
        coupon: { usage: { used: 2, remaining: null } },
      })
    })
  })

  describe('rule 3: days of validity are inclusive, in the zone of the account', () => {
    it('redeems nothing before the first or after the last day', async () => {
      const future = await subject.create({ startsOn: '2999-01-01' })
      const past = await subject.create({ endsOn: '2020-12-31' })
      expect(await subject.redeem(future)).toEqual(rejected('NOT_STARTED'))
      expect(await subject.redeem(past)).toEqual(rejected('EXPIRED'))
      expect(await validate(future)).toMatchObject(rejected('NOT_STARTED'))
      expect(await validate(past)).toMatchObject(rejected('EXPIRED'))
    })

    it('redeems on the first and on the last day, by the day of the account', async () => {
      // Etc/GMT-14 is a day ahead of Etc/GMT+12 at every moment: 26 hours lie between them.
      for (const zone of ['Etc/GMT-14', 'Etc/GMT+12']) {
        const { id } = await subject.core.ensureAccount(zone, zone)
        const [row] = await subject.database.query<{ today: string; other: string }>(
          `select (clock_timestamp() at time zone $1)::date::text as today,
             (clock_timestamp() at time zone $2)::date::text as other`,
          [zone, zone === 'Etc/GMT-14' ? 'Etc/GMT+12' : 'Etc/GMT-14'],
        )
        const day = (on: string | undefined) => ({ startsOn: on ?? null, endsOn: on ?? null })
        const today = await subject.create(day(row?.today), { accountId: id })
        const elsewhere = await subject.create(day(row?.other), { accountId: id })
        expect(await subject.redeem(today, { accountId: id })).toMatchObject({
          outcome: 'redeemed',
        })
        expect(await subject.redeem(elsewhere, { accountId: id })).toMatchObject({
          outcome: 'rejected',
        })
      }
    })
  })

  describe('rule 4: a coupon with an on-site password needs it', () => {
    const withPassword = () =>
      subject.create({ useLimit: 1, onsite: true }, { onsitePassword: '4242' })

    it('asks for the password, refuses a wrong one, redeems with the right one', async () => {
      const coupon = await withPassword()
      expect(await subject.redeem(coupon)).toEqual(rejected('ONSITE_PASSWORD_REQUIRED'))
      expect(await subject.redeem(coupon, { onsitePassword: '' })).toEqual(
        rejected('ONSITE_PASSWORD_WRONG'),
      )
      expect(await subject.redeem(coupon, { onsitePassword: '4243' })).toEqual(
        rejected('ONSITE_PASSWORD_WRONG'),
      )
      expect(await subject.redeem(coupon, { onsitePassword: '4242' })).toMatchObject(redeemedAs(1))
    })

    it('stores a salted hash only, and returns neither password nor hash', async () => {
      const coupon = await withPassword()
      const twin = await withPassword()
      const rows = await subject.database.query<{ hash: string }>(
        'select onsite_password_hash as hash from coupon where code in ($1, $2)',
        [coupon, twin],
      )
      expect(rows[0]?.hash).toMatch(/^scrypt:/)
      expect(rows[0]?.hash).not.toBe(rows[1]?.hash)
      expect(JSON.stringify(await validate(coupon))).not.toMatch(/4242|scrypt/)
    })

    it('locks further tries of a caller after five wrong ones, the right password included', async () => {
      const coupon = await withPassword()
      const wrong = { onsitePassword: '0000', caller: 'guesser' }
      // All at once: parallel guesses get no more tries than one after the other.
      const tries = await Promise.all(
        Array.from({ length: 12 }, () => subject.redeem(coupon, wrong)),
      )
      expect(tries.filter(({ outcome }) => outcome === 'rejected')).toHaveLength(5)
      expect(tries.filter(({ outcome }) => outcome === 'locked')).toHaveLength(7)
      expect(await subject.redeem(coupon, { onsitePassword: '4242', caller: 'guesser' })).toEqual({
        outcome: 'locked',
        retryAfterSeconds: expect.closeTo(900, -2),
      })
      expect(
        await subject.redeem(coupon, { onsitePassword: '4242', caller: 'staff' }),
      ).toMatchObject(redeemedAs(1))
    })

    it('locks a coupon for everybody after fifty wrong tries by whomever', async () => {
      const coupon = await withPassword()
      for (let count = 0; count < 50; count += 1) {
        await subject.redeem(coupon, { onsitePassword: '0000', caller: `caller-${count}` })
      }
      expect(
        await subject.redeem(coupon, { onsitePassword: '4242', caller: 'staff' }),
      ).toMatchObject({ outcome: 'locked' })
    })
  })

  describe('rule 5: a deleted coupon is gone at once, and its code is free', () => {
    it('is not found, starts from zero when created anew, and keeps its log', async () => {
      const coupon = await subject.create({ useLimit: 1 })
      const before = await validate(coupon)
      await subject.redeem(coupon)
      expect(await remove(coupon)).toEqual({ outcome: 'deleted', replayed: false })
      expect(await validate(coupon)).toMatchObject(rejected('NOT_FOUND'))
      expect(await subject.redeem(coupon)).toEqual(rejected('NOT_FOUND'))
      expect(await remove(coupon)).toEqual({ outcome: 'not-found' })

      await subject.create({ useLimit: 1 }, { code: coupon })
      const after = await validate(coupon)
      expect(after).toMatchObject({ outcome: 'usable', coupon: { usage: { used: 0 } } })
      expect(after.outcome === 'usable' && after.coupon.id).not.toBe(
        before.outcome === 'usable' && before.coupon.id,
      )
      expect(await subject.redeem(coupon)).toMatchObject(redeemedAs(1))
      expect(await log(coupon)).toHaveLength(2)
    })

    it('refuses a code that a living coupon has', async () => {
      const coupon = await subject.create()
      await expect(subject.create({}, { code: coupon })).rejects.toThrow('code-taken')
    })
  })

  describe('rule 6: once used, only the memo of a coupon can be changed', () => {
    it('changes anything before the first use', async () => {
      const coupon = await subject.create({ useLimit: 1 })
      expect(
        await update(coupon, {
          useLimit: 5,
          name: 'new name',
          discountKind: 'amount',
          discount: 500,
          currency: 'KRW',
        }),
      ).toMatchObject({ outcome: 'updated', replayed: false })
      expect(await validate(coupon)).toMatchObject({
        coupon: {
          useLimit: 5,
          name: 'new name',
          discountKind: 'amount',
          discount: 500,
          currency: 'KRW',
          usage: { remaining: 5 },
        },
      })
    })

    it.each([
      ['limited', 1],
      ['unlimited', 0],
    ])('changes only the memo of a %s coupon afterwards', async (_kind, useLimit) => {
      const coupon = await subject.create({ useLimit })
      await subject.redeem(coupon)
      expect(await update(coupon, { useLimit: 9 })).toEqual({ outcome: 'locked-by-use' })
      expect(await update(coupon, { memo: 'm', name: 'n' })).toEqual({ outcome: 'locked-by-use' })
      expect(await update(coupon, { onsitePassword: 'x' })).toEqual({ outcome: 'locked-by-use' })
      expect(await update(coupon, { memo: 'seen' })).toMatchObject({ outcome: 'updated' })
      expect(
        await subject.core.validate({ accountId: subject.accountId, code: coupon, userId: null }),
      ).toMatchObject({
        coupon: { memo: 'seen' },
      })
    })
  })

  describe('rule 7: every redemption is in the log, which is append-only', () => {
    it('has who, when, memo, key and ordinal, newest first, in pages', async () => {
      const coupon = await subject.create({ useLimit: 5 })
      const keys = [newKey(), newKey(), newKey()]
      for (const [index, idempotencyKey] of keys.entries()) {
        await subject.redeem(coupon, {
          userId: `user-${index}`,
          memo: `till ${index}`,
          idempotencyKey,
        })
      }
      const query = { accountId: subject.accountId, code: coupon, limit: 2 }
      const first = await subject.core.listRedemptions({ ...query, cursor: null })
      const second = await subject.core.listRedemptions({ ...query, cursor: first.nextCursor })
      expect([...first.redemptions, ...second.redemptions]).toMatchObject(
        [2, 1, 0].map((index) => ({
          code: coupon,
          ordinal: index + 1,
          userId: `user-${index}`,
          memo: `till ${index}`,
          idempotencyKey: keys[index],
          redeemedAt: expect.any(Date),
        })),
      )
      expect(second.nextCursor).toBeNull()
    })

    it.each([
      ["update redemption set memo = 'forged'"],
      ['delete from redemption'],
      ['truncate redemption cascade'],
    ])('refuses %j', async (statement) => {
      await expect(subject.database.execute(statement)).rejects.toThrow('append-only')
    })
  })

  describe('rule 8: one key, one effect', () => {
    it('answers a repeat with the first answer, even when the coupon is used up or gone', async () => {
      const coupon = await subject.create({ useLimit: 1 })
      const idempotencyKey = newKey()
      const first = await subject.redeem(coupon, { idempotencyKey })
      const again = await subject.redeem(coupon, { idempotencyKey })
      expect(first).toMatchObject({ outcome: 'redeemed', replayed: false })
      expect(again).toEqual({ ...first, replayed: true })
      await remove(coupon)
      expect(await subject.redeem(coupon, { idempotencyKey })).toEqual({ ...first, replayed: true })
      expect(await log(coupon)).toHaveLength(1)
    })

    it('refuses the key of another request, without effect', async () => {
      const coupon = await subject.create({ useLimit: 5 })
      const other = await subject.create({ useLimit: 5 })
      const idempotencyKey = newKey()
      await subject.redeem(coupon, { userId: 'ada', idempotencyKey })
      const keyReused = { outcome: 'key-reused' }
      expect(await subject.redeem(coupon, { userId: 'bob', idempotencyKey })).toEqual(keyReused)
      expect(await subject.redeem(other, { userId: 'ada', idempotencyKey })).toEqual(keyReused)
      expect(await remove(other, idempotencyKey)).toEqual(keyReused)
      expect(await log(coupon)).toHaveLength(1)
      expect(await validate(other)).toMatchObject({ coupon: { usage: { used: 0 } } })
    })

    it('decides a rejection anew: the same key can redeem later', async () => {
      const coupon = generateCouponCode(12)
      const idempotencyKey = newKey()
      expect(await subject.redeem(coupon, { idempotencyKey })).toEqual(rejected('NOT_FOUND'))
      await subject.create({ useLimit: 1 }, { code: coupon })
      expect(await subject.redeem(coupon, { idempotencyKey })).toMatchObject(redeemedAs(1))
    })

    it('keeps the keys of two accounts apart', async () => {
      const other = await subject.core.ensureAccount('other', 'UTC')
      const coupon = await subject.create({ useLimit: 1 })
      await subject.create({ useLimit: 1 }, { code: coupon, accountId: other.id })
      const idempotencyKey = newKey()
      expect(await subject.redeem(coupon, { idempotencyKey })).toMatchObject(redeemedAs(1))
      expect(await subject.redeem(coupon, { idempotencyKey, accountId: other.id })).toMatchObject(
        redeemedAs(1),
      )
    })

    it('answers a repeat although the password tries of its caller are locked by now', async () => {
      const coupon = await subject.create({ onsite: true }, { onsitePassword: '4242' })
      const right = { onsitePassword: '4242', idempotencyKey: newKey() }
      const first = await subject.redeem(coupon, right)
      for (let count = 0; count < 6; count += 1)
        await subject.redeem(coupon, { onsitePassword: '0' })
      expect(await subject.redeem(coupon, right)).toEqual({ ...first, replayed: true })
    })

    it('has one effect for every write: create, update, delete', async () => {
      const [createKey, updateKey, deleteKey] = [newKey(), newKey(), newKey()]
      const create = () =>
        subject.core.create({
          accountId: subject.accountId,
          code: { generateLength: 8 },
          coupon: { discountKind: 'percent', discount: 5 },
          idempotencyKey: createKey,
        })
      const created = await create()
      expect(await create()).toEqual({ ...created, replayed: true })
      if (created.outcome !== 'created') throw new Error('not created')
      expect(await update(created.coupon.code, { memo: 'a' }, updateKey)).toMatchObject({
        replayed: false,
      })
      expect(await update(created.coupon.code, { memo: 'a' }, updateKey)).toMatchObject({
        replayed: true,
      })
      expect(await update(created.coupon.code, { memo: 'b' }, updateKey)).toEqual({
        outcome: 'key-reused',
      })
      expect(await remove(created.coupon.code, deleteKey)).toMatchObject({ replayed: false })
      expect(await remove(created.coupon.code, deleteKey)).toMatchObject({ replayed: true })
    })
  })

  describe('bad fields', () => {
    it.each([
      [{ discountKind: 'percent', discount: 101 }, 'discount'],
      [{ discountKind: 'percent', discount: 0 }, 'discount'],
      [{ discountKind: 'amount', discount: 0, currency: 'USD' }, 'discount'],
      [{ discountKind: 'amount', discount: 10.5, currency: 'KRW' }, 'discount'],
      [{ discountKind: 'amount', discount: 10.555, currency: 'USD' }, 'discount'],
      [{ discountKind: 'amount', currency: null }, 'currency'],
      [{ startsOn: '2026-02-30' }, 'startsOn'],
      [{ startsOn: '2026-02-02', endsOn: '2026-02-01' }, 'endsOn'],
      [{ useLimit: -1 }, 'useLimit'],
      [{ useLimit: 1_000_000_001 }, 'useLimit'],
      [{ userLimit: 0 }, 'userLimit'],
      [{ memo: 'x'.repeat(501) }, 'memo'],
    ] as const)(
      'refuses %j and names the field, on creation and on change',
      async (coupon, field) => {
        const invalid = { outcome: 'invalid', problems: [{ field }] }
        expect(
          await subject.core.create({
            accountId: subject.accountId,
            code: { generateLength: 8 },
            coupon: { discountKind: 'percent', discount: 5, ...coupon },
            idempotencyKey: null,
          }),
        ).toMatchObject(invalid)
        expect(await update(await subject.create(), coupon)).toMatchObject(invalid)
      },
    )
  })
})
