import { randomUUID } from 'node:crypto'
import { type CouponCode, generateCouponCode } from '@coupon-gateway/coupon-code'
import { describe, expect, it } from 'vitest'
import type { TakenUnit } from '../src/index.ts'
import { letTimePass, newKey, unitOf } from './core-under-test.ts'
import { overEveryImplementation } from './implementations.ts'

const ISO_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/
const rejected = (reason: string) => ({ outcome: 'rejected', reason })
const redeemedAs = (ordinal: number | null) => ({
  outcome: 'redeemed',
  replayed: false,
  redemption: { ordinal },
})

overEveryImplementation((subject, strategy) => {
  /** For what is decided before any strategy. */
  const once = it.runIf(strategy === 'batched')
  const validate = (coupon: CouponCode, userId: string | null = null) =>
    subject.validate(coupon, userId)
  const update = (coupon: CouponCode, changes: object, idempotencyKey = newKey()) =>
    subject.core.update({
      accountId: subject.accountId,
      code: coupon,
      changes,
      idempotencyKey,
    })
  const remove = (coupon: CouponCode, idempotencyKey = newKey()) =>
    subject.core.delete({ accountId: subject.accountId, code: coupon, idempotencyKey })
  const log = async (coupon: CouponCode) => {
    const query = { accountId: subject.accountId, code: coupon, cursor: null, limit: 1000 }
    return (await subject.core.listRedemptions(query)).redemptions
  }

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

    it('counts live reservations: ALL_HELD while a unit is only held, EXHAUSTED once all are redeemed', async () => {
      const coupon = await subject.create({ useLimit: 2 })
      const held = unitOf(await subject.reserve(coupon, { userId: 'ada' }))
      await subject.redeem(coupon, { userId: 'bob' })
      expect(await subject.redeem(coupon, { userId: 'eve' })).toEqual(rejected('ALL_HELD'))
      expect(await subject.reserve(coupon, { userId: 'eve' })).toEqual(rejected('ALL_HELD'))
      expect(await validate(coupon, 'eve')).toMatchObject({
        ...rejected('ALL_HELD'),
        coupon: { usage: { used: 1, held: 1, remaining: 0 } },
      })

      await subject.confirm(held.redemptionId)
      expect(await subject.redeem(coupon, { userId: 'eve' })).toEqual(rejected('EXHAUSTED'))
      expect(await subject.reserve(coupon, { userId: 'eve' })).toEqual(rejected('EXHAUSTED'))
      expect(await validate(coupon, 'eve')).toMatchObject({
        ...rejected('EXHAUSTED'),
        coupon: { usage: { used: 2, held: 0, remaining: 0 } },
      })
    })

    it('is ALL_HELD where every unit is only held', async () => {
      const coupon = await subject.create({ useLimit: 1 })
      await subject.reserve(coupon)
      expect(await subject.redeem(coupon)).toEqual(rejected('ALL_HELD'))
    })

    it('has a constraint that makes one redemption or reservation too many an error', async () => {
      const coupon = await subject.create({ useLimit: 1 })
      await subject.redeem(coupon)
      for (const column of ['used', 'held']) {
        await expect(
          subject.database.query(
            `update coupon_usage set ${column} = ${column} + 1, granted = granted + 1
             where coupon_id = (select id from coupon where code = $1)`,
            [coupon],
          ),
        ).rejects.toThrow('never_oversold')
      }
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

    it.each([
      ['limited', 10],
      ['unlimited', 0],
    ])('counts what the user of a %s coupon only holds', async (_kind, useLimit) => {
      const coupon = await subject.create({ useLimit, userLimit: 2 })
      const ada = { userId: 'ada' }
      await subject.redeem(coupon, ada)
      const held = unitOf(await subject.reserve(coupon, ada))
      expect(await subject.redeem(coupon, ada)).toEqual(rejected('ALREADY_REDEEMED_BY_USER'))
      expect(await subject.reserve(coupon, ada)).toEqual(rejected('ALREADY_REDEEMED_BY_USER'))
      expect(await validate(coupon, 'ada')).toMatchObject(rejected('ALREADY_REDEEMED_BY_USER'))
      await subject.release(held.redemptionId)
      expect(await subject.redeem(coupon, ada)).toMatchObject({ outcome: 'redeemed' })
      expect(await subject.redeem(coupon, ada)).toEqual(rejected('ALREADY_REDEEMED_BY_USER'))
    })

    it('demands a user of a reservation as of a redemption', async () => {
      const coupon = await subject.create({ useLimit: 2 })
      expect(await subject.reserve(coupon)).toEqual(rejected('USER_ID_REQUIRED'))
    })

    it('counts the uses of an unlimited coupon from the log, with or without a user', async () => {
      const coupon = await subject.create({ useLimit: 0 })
      const takeAll = { ordinal: null, used: null, remaining: null }
      const first = await subject.redeem(coupon, { memo: 'counter 1' })
      expect(first).toMatchObject({ outcome: 'redeemed', redemption: takeAll })
      await subject.redeem(coupon, { memo: 'counter 1' })
      await subject.redeem(coupon, { userId: 'ada' })
      const held = await subject.reserve(coupon, { memo: 'counter 2' })
      expect(held).toMatchObject({ outcome: 'reserved', reservation: takeAll })
      const usage = async () => (await validate(coupon)).coupon?.usage
      expect(await usage()).toEqual({ used: 3, held: 1, remaining: null })
      await subject.confirm(unitOf(held).redemptionId)
      expect(await usage()).toEqual({ used: 4, held: 0, remaining: null })
      await subject.rollback(unitOf(first).redemptionId)
      expect(await usage()).toEqual({ used: 3, held: 0, remaining: null })
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

    it('refuses a late confirmation after the last day', async () => {
      const coupon = await subject.create({ useLimit: 1 })
      const held = unitOf(await subject.reserve(coupon, { ttlSeconds: 60 }))
      await letTimePass(subject.database, subject.accountId, 61)
      // A coupon that was taken from cannot be changed: its days go by in the table.
      const endOn = (day: string) =>
        subject.database.query('update coupon set ends_on = $2 where code = $1', [coupon, day])
      await endOn('2020-12-31')
      expect(await subject.confirm(held.redemptionId)).toEqual(rejected('RESERVATION_EXPIRED'))
      await endOn('2999-12-31')
      expect(await subject.confirm(held.redemptionId)).toMatchObject({ outcome: 'settled' })
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

    once('stores a salted hash only, and returns neither password nor hash', async () => {
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

    it('demands the password of a reservation, and of its confirmation no more', async () => {
      const coupon = await withPassword()
      expect(await subject.reserve(coupon)).toEqual(rejected('ONSITE_PASSWORD_REQUIRED'))
      expect(await subject.reserve(coupon, { onsitePassword: '4243' })).toEqual(
        rejected('ONSITE_PASSWORD_WRONG'),
      )
      const held = unitOf(await subject.reserve(coupon, { onsitePassword: '4242' }))
      expect(await subject.confirm(held.redemptionId)).toMatchObject({ outcome: 'settled' })
    })

    once(
      'locks further tries of a caller after five wrong ones, the right password included',
      async () => {
        const coupon = await withPassword()
        const wrong = { onsitePassword: '0000', caller: 'guesser' }
        // All at once: parallel guesses get no more tries than one after the other.
        const tries = await Promise.all(
          Array.from({ length: 12 }, () => subject.redeem(coupon, wrong)),
        )
        expect(tries.filter(({ outcome }) => outcome === 'rejected')).toHaveLength(5)
        expect(tries.filter(({ outcome }) => outcome === 'locked')).toHaveLength(7)
        expect(await subject.redeem(coupon, { onsitePassword: '4242', caller: 'guesser' })).toEqual(
          {
            outcome: 'locked',
            retryAfterSeconds: expect.closeTo(900, -2),
          },
        )
        expect(
          await subject.redeem(coupon, { onsitePassword: '4242', caller: 'staff' }),
        ).toMatchObject(redeemedAs(1))
      },
    )

    once('locks a coupon for everybody after fifty wrong tries by whomever', async () => {
      const coupon = await withPassword()
      const wrong = { onsitePassword: '0000' }
      await subject.redeem(coupon, { ...wrong, caller: 'caller-1' })
      // The next 48, each by another caller, would take seconds: a comparison is slow on purpose.
      await subject.database.query(
        `update onsite_password_attempt set failures = failures + 48
         where caller = '' and coupon_id = (select id from coupon where code = $1)`,
        [coupon],
      )
      expect(await subject.redeem(coupon, { ...wrong, caller: 'caller-50' })).toEqual(
        rejected('ONSITE_PASSWORD_WRONG'),
      )
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

    it('keeps what was granted before good: it can be confirmed, released and rolled back', async () => {
      const coupon = await subject.create({ useLimit: 3 })
      const confirmed = unitOf(await subject.reserve(coupon, { userId: 'ada' }))
      const released = unitOf(await subject.reserve(coupon, { userId: 'bob' }))
      const redeemed = unitOf(await subject.redeem(coupon, { userId: 'eve' }))
      await remove(coupon)
      await subject.create({ useLimit: 1 }, { code: coupon })

      expect(await subject.confirm(confirmed.redemptionId)).toMatchObject({
        outcome: 'settled',
        redemption: { code: coupon, status: 'REDEEMED', ordinal: 1, userId: 'ada' },
      })
      expect(await subject.release(released.redemptionId)).toMatchObject({ outcome: 'settled' })
      expect(await subject.rollback(redeemed.redemptionId)).toMatchObject({ outcome: 'settled' })
      expect(await validate(coupon)).toMatchObject({
        outcome: 'usable',
        coupon: { usage: { used: 0, held: 0 } },
      })
      expect(await subject.redeem(coupon)).toMatchObject(redeemedAs(1))
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
      expect(await validate(coupon)).toMatchObject({
        coupon: { memo: 'seen' },
      })
    })

    it.each([
      ['limited', 1],
      ['unlimited', 0],
    ])(
      'locks a %s coupon from its first unit on, although it came back',
      async (_kind, useLimit) => {
        const coupon = await subject.create({ useLimit })
        const held = unitOf(await subject.reserve(coupon, { ttlSeconds: 60 }))
        expect(await update(coupon, { name: 'n' })).toEqual({ outcome: 'locked-by-use' })
        expect(await update(coupon, { memo: 'seen' })).toMatchObject({ outcome: 'updated' })
        await subject.release(held.redemptionId)
        expect(await update(coupon, { name: 'n' })).toEqual({ outcome: 'locked-by-use' })
      },
    )
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
          redeemedAt: expect.stringMatching(ISO_TIME),
        })),
      )
      expect(second.nextCursor).toBeNull()
    })

    it('shows every state, with each moment that has come', async () => {
      const coupon = await subject.create({ useLimit: 10, userLimit: 10 })
      const reserve = async () =>
        unitOf(await subject.reserve(coupon, { userId: 'ada', ttlSeconds: 600 }))
      const expired = await reserve()
      await letTimePass(subject.database, subject.accountId, 601)
      const reserved = await reserve()
      const confirmed = await reserve()
      await subject.confirm(confirmed.redemptionId)
      const released = await reserve()
      await subject.release(released.redemptionId)
      const redeemed = unitOf(await subject.redeem(coupon, { userId: 'ada' }))
      const rolledBack = unitOf(await subject.redeem(coupon, { userId: 'ada' }))
      await subject.rollback(rolledBack.redemptionId, 'wrong article')

      const moment = expect.stringMatching(ISO_TIME)
      const row = (unit: TakenUnit, rest: object) => ({
        redemptionId: unit.redemptionId,
        ordinal: unit.ordinal,
        userId: 'ada',
        takenAt: moment,
        expiresAt: null,
        redeemedAt: null,
        endedAt: null,
        rollbackReason: null,
        ...rest,
      })
      expect(await log(coupon)).toMatchObject([
        row(rolledBack, {
          status: 'ROLLED_BACK',
          redeemedAt: moment,
          endedAt: moment,
          rollbackReason: 'wrong article',
        }),
        row(redeemed, { status: 'REDEEMED', redeemedAt: moment }),
        row(released, { status: 'RELEASED', expiresAt: moment, endedAt: moment }),
        row(confirmed, { status: 'REDEEMED', expiresAt: moment, redeemedAt: moment }),
        row(reserved, { status: 'RESERVED', expiresAt: moment }),
        row(expired, { status: 'EXPIRED', expiresAt: moment, endedAt: moment }),
      ])
    })

    it('shows a reservation as EXPIRED although nobody has wanted its unit since', async () => {
      const coupon = await subject.create({ useLimit: 1 })
      await subject.reserve(coupon, { ttlSeconds: 60 })
      await letTimePass(subject.database, subject.accountId, 61)
      expect(await log(coupon)).toMatchObject([{ status: 'EXPIRED' }])
    })

    it.each([
      ["update redemption set memo = 'forged'"],
      ["update redemption set status = 'RESERVED' where status = 'REDEEMED'"],
      [
        "update redemption set expires_at = expires_at + interval '1 day' where expires_at is not null",
      ],
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

    once(
      'answers a repeat although the password tries of its caller are locked by now',
      async () => {
        const coupon = await subject.create({ onsite: true }, { onsitePassword: '4242' })
        const right = { onsitePassword: '4242', idempotencyKey: newKey() }
        const first = await subject.redeem(coupon, right)
        for (let count = 0; count < 6; count += 1)
          await subject.redeem(coupon, { onsitePassword: '0' })
        expect(await subject.redeem(coupon, right)).toEqual({ ...first, replayed: true })
      },
    )

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

    it('has one effect for every step of a unit, and the first answer to every repeat', async () => {
      const coupon = await subject.create({ useLimit: 9, userLimit: 9 })
      const ada = { userId: 'ada', ttlSeconds: 60 }
      const held = unitOf(await subject.reserve(coupon, ada))
      const redeemed = unitOf(await subject.redeem(coupon, ada))
      const freed = unitOf(await subject.reserve(coupon, ada))
      const [reserveKey, confirmKey, releaseKey, rollbackKey] = [
        newKey(),
        newKey(),
        newKey(),
        newKey(),
      ]
      const steps = [
        () => subject.reserve(coupon, { ...ada, idempotencyKey: reserveKey }),
        () => subject.confirm(held.redemptionId, confirmKey),
        () => subject.release(freed.redemptionId, releaseKey),
        () => subject.rollback(redeemed.redemptionId, 'returned', rollbackKey),
      ]
      const first = []
      for (const step of steps) first.push(await step())
      // Whatever became of the units since.
      await subject.rollback(held.redemptionId)
      await letTimePass(subject.database, subject.accountId, 61)
      await remove(coupon)
      for (const [index, step] of steps.entries()) {
        expect(first[index]).toMatchObject({ replayed: false })
        expect(await step()).toEqual({ ...first[index], replayed: true })
      }
      expect((await log(coupon)).map(({ status }) => status)).toEqual([
        'EXPIRED',
        'RELEASED',
        'ROLLED_BACK',
        'ROLLED_BACK',
      ])
    })

    it('refuses the key of any other step, unit, reason or time, without effect', async () => {
      const coupon = await subject.create({ useLimit: 9, userLimit: 9 })
      const ada = { userId: 'ada', ttlSeconds: 60 }
      const [one, two] = [
        unitOf(await subject.reserve(coupon, ada)).redemptionId,
        unitOf(await subject.reserve(coupon, ada)).redemptionId,
      ]
      const [reserveKey, confirmKey, rollbackKey] = [newKey(), newKey(), newKey()]
      await subject.reserve(coupon, { ...ada, idempotencyKey: reserveKey })
      await subject.confirm(one, confirmKey)
      await subject.rollback(one, 'returned', rollbackKey)
      const before = await log(coupon)
      const reuses = [
        () => subject.redeem(coupon, { userId: 'ada', idempotencyKey: reserveKey }),
        () => subject.reserve(coupon, { ...ada, ttlSeconds: 61, idempotencyKey: reserveKey }),
        () => subject.reserve(coupon, { ...ada, memo: 'other', idempotencyKey: reserveKey }),
        () => subject.reserve(coupon, { ...ada, idempotencyKey: confirmKey }),
        () => subject.confirm(two, confirmKey),
        () => subject.release(one, confirmKey),
        () => subject.release(two, reserveKey),
        () => subject.rollback(one, 'another reason', rollbackKey),
        () => subject.rollback(one, 'returned', confirmKey),
        () => remove(coupon, rollbackKey),
        () => update(coupon, { memo: 'm' }, confirmKey),
      ]
      for (const reuse of reuses) expect(await reuse()).toEqual({ outcome: 'key-reused' })
      expect(await log(coupon)).toEqual(before)
    })
  })

  describe('rule 9: a rollback gives the unit back exactly once', () => {
    it('frees the unit and the use of the user, and keeps the redemption in the log with the reason', async () => {
      const coupon = await subject.create({ useLimit: 1 })
      const { redemptionId } = unitOf(
        await subject.redeem(coupon, { userId: 'ada', memo: 'till 1' }),
      )
      expect(await subject.rollback(redemptionId, 'wrong article')).toEqual({
        outcome: 'settled',
        replayed: false,
        redemption: {
          redemptionId,
          couponId: expect.any(String),
          code: coupon,
          status: 'ROLLED_BACK',
          ordinal: 1,
          userId: 'ada',
          memo: 'till 1',
          idempotencyKey: expect.any(String),
          takenAt: expect.stringMatching(ISO_TIME),
          redeemedAt: expect.stringMatching(ISO_TIME),
          expiresAt: null,
          endedAt: expect.stringMatching(ISO_TIME),
          rollbackReason: 'wrong article',
        },
      })
      expect(await validate(coupon, 'ada')).toMatchObject({
        outcome: 'usable',
        coupon: { usage: { used: 0, held: 0, remaining: 1 } },
      })
      expect(await log(coupon)).toMatchObject([
        { redemptionId, status: 'ROLLED_BACK', rollbackReason: 'wrong article' },
      ])
    })

    it('is replayed by its key, and refused by any other, as without one', async () => {
      const coupon = await subject.create({ useLimit: 2 })
      await subject.redeem(coupon, { userId: 'bob' })
      const { redemptionId } = unitOf(await subject.redeem(coupon, { userId: 'ada' }))
      const key = newKey()
      const first = await subject.rollback(redemptionId, 'returned', key)
      expect(await subject.rollback(redemptionId, 'returned', key)).toEqual({
        ...first,
        replayed: true,
      })
      expect(await subject.rollback(redemptionId)).toEqual(rejected('ALREADY_ROLLED_BACK'))
      expect(await subject.rollback(redemptionId, 'returned', null)).toEqual(
        rejected('ALREADY_ROLLED_BACK'),
      )
      expect(await validate(coupon)).toMatchObject({ coupon: { usage: { used: 1, remaining: 1 } } })
    })

    it('makes room for a new redemption, with a new key and a new ordinal', async () => {
      const coupon = await subject.create({ useLimit: 1 })
      const ada = { userId: 'ada', idempotencyKey: newKey() }
      const first = await subject.redeem(coupon, ada)
      await subject.rollback(unitOf(first).redemptionId)
      expect(await subject.redeem(coupon, ada)).toEqual({ ...first, replayed: true })
      const second = await subject.redeem(coupon, { userId: 'ada' })
      expect(second).toMatchObject(redeemedAs(2))
      expect(unitOf(second).redemptionId).not.toBe(unitOf(first).redemptionId)
      expect((await log(coupon)).map(({ ordinal, status }) => [ordinal, status])).toEqual([
        [2, 'REDEEMED'],
        [1, 'ROLLED_BACK'],
      ])
    })

    it('gives a use of an unlimited coupon back to its user', async () => {
      const coupon = await subject.create({ useLimit: 0, userLimit: 1 })
      const { redemptionId } = unitOf(await subject.redeem(coupon, { userId: 'ada' }))
      await subject.rollback(redemptionId)
      expect(await subject.rollback(redemptionId)).toEqual(rejected('ALREADY_ROLLED_BACK'))
      expect(await subject.redeem(coupon, { userId: 'ada' })).toMatchObject(redeemedAs(null))
      expect(await subject.redeem(coupon, { userId: 'ada' })).toEqual(
        rejected('ALREADY_REDEEMED_BY_USER'),
      )
      expect(await validate(coupon)).toMatchObject({ coupon: { usage: { used: 1 } } })
    })

    it('takes a confirmed reservation back as any redemption', async () => {
      const coupon = await subject.create({ useLimit: 1 })
      const { redemptionId } = unitOf(await subject.reserve(coupon))
      await subject.confirm(redemptionId)
      expect(await subject.rollback(redemptionId)).toMatchObject({
        redemption: { status: 'ROLLED_BACK', expiresAt: expect.any(String) },
      })
      expect(await subject.redeem(coupon)).toMatchObject(redeemedAs(2))
    })

    it('finds no redemption of another account, and none with an unknown id', async () => {
      const { redemptionId } = unitOf(await subject.redeem(await subject.create()))
      const { id } = await subject.core.ensureAccount('other', 'UTC')
      const rollback = { redemptionId, reason: 'returned', idempotencyKey: newKey() }
      expect(await subject.core.rollback({ ...rollback, accountId: id })).toEqual(
        rejected('REDEMPTION_NOT_FOUND'),
      )
      expect(await subject.rollback(randomUUID())).toEqual(rejected('REDEMPTION_NOT_FOUND'))
    })
  })

  describe('bad fields', () => {
    once.each([
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
