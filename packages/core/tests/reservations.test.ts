import { randomUUID } from 'node:crypto'
import type { CouponCode } from '@coupon-gateway/coupon-code'
import { afterEach, describe, expect, it, vi } from 'vitest'
import {
  DEFAULT_TTL_SECONDS,
  MAX_TTL_SECONDS,
  type RedemptionStatus,
  type ReserveCouponInput,
} from '../src/index.ts'
import { letTimePass, newKey, unitOf } from './core-under-test.ts'
import { overEveryImplementation } from './implementations.ts'

const rejected = (reason: string) => ({ outcome: 'rejected', reason })
const settledAs = (status: RedemptionStatus, rest: object = {}) => ({
  outcome: 'settled',
  replayed: false,
  redemption: { status, ...rest },
})

overEveryImplementation((subject) => {
  const hold = async (coupon: CouponCode, rest: Partial<ReserveCouponInput> = {}) =>
    unitOf(await subject.reserve(coupon, { ttlSeconds: 60, ...rest })).redemptionId
  const letItExpire = () => letTimePass(subject.database, subject.accountId, 61)
  const usage = async (coupon: CouponCode) => (await subject.validate(coupon)).coupon?.usage
  const logged = async (redemptionId: string) => {
    const query = { accountId: subject.accountId, code: null, cursor: null, limit: 1000 }
    const { redemptions } = await subject.core.listRedemptions(query)
    return redemptions.find((it) => it.redemptionId === redemptionId)
  }

  describe('a reservation', () => {
    it('holds a unit, which counts as held and not as used', async () => {
      const coupon = await subject.create({ useLimit: 3 })
      await subject.redeem(coupon, { userId: 'ada' })
      expect(await subject.reserve(coupon, { userId: 'bob' })).toEqual({
        outcome: 'reserved',
        replayed: false,
        reservation: {
          redemptionId: expect.any(String),
          ordinal: 2,
          used: 1,
          remaining: 1,
          redeemedAt: null,
          expiresAt: expect.any(String),
        },
      })
      expect(await usage(coupon)).toEqual({ used: 1, held: 1, remaining: 1 })
    })

    it.each([
      ['15 minutes, unless asked otherwise', undefined, DEFAULT_TTL_SECONDS],
      ['1 second at least', 1, 1],
      ['24 hours at most', MAX_TTL_SECONDS, 86_400],
    ])('lasts %s', async (_time, ttlSeconds, seconds) => {
      const coupon = await subject.create()
      const reservation = unitOf(
        await subject.reserve(coupon, ttlSeconds === undefined ? {} : { ttlSeconds }),
      )
      const row = await logged(reservation.redemptionId)
      const takenAt = Date.parse(row?.takenAt ?? '')
      expect(row?.expiresAt).toBe(new Date(takenAt + seconds * 1000).toISOString())
      expect(reservation.expiresAt).toBe(row?.expiresAt)
    })

    it.each([0, -1, 86_401, 1.5, Number.NaN])('cannot last %f seconds', async (ttlSeconds) => {
      const coupon = await subject.create()
      await expect(subject.reserve(coupon, { ttlSeconds })).rejects.toThrow(
        'ttlSeconds must be an integer from 1 to 86400',
      )
      expect(await usage(coupon)).toMatchObject({ held: 0 })
    })
  })

  describe('a reservation whose time is over', () => {
    it('is free for whoever wants its unit, without anybody having done anything', async () => {
      const coupon = await subject.create({ useLimit: 1 })
      await hold(coupon)
      await letTimePass(subject.database, subject.accountId, 30)
      expect(await subject.redeem(coupon)).toEqual(rejected('ALL_HELD'))
      await letTimePass(subject.database, subject.accountId, 31)
      expect(await subject.validate(coupon)).toMatchObject({
        outcome: 'usable',
        coupon: { usage: { used: 0, held: 0, remaining: 1 } },
      })
      expect(await subject.reserve(coupon, { ttlSeconds: 60 })).toMatchObject({
        outcome: 'reserved',
        reservation: { ordinal: 2, remaining: 0 },
      })
      await letItExpire()
      expect(await subject.redeem(coupon)).toMatchObject({ redemption: { ordinal: 3, used: 1 } })
    })

    it('frees only itself', async () => {
      const coupon = await subject.create({ useLimit: 2 })
      await hold(coupon, { userId: 'ada', ttlSeconds: 60 })
      await hold(coupon, { userId: 'bob', ttlSeconds: 600 })
      await letItExpire()
      expect(await usage(coupon)).toEqual({ used: 0, held: 1, remaining: 1 })
      expect(await subject.redeem(coupon, { userId: 'bob' })).toEqual(
        rejected('ALREADY_REDEEMED_BY_USER'),
      )
      expect(await subject.redeem(coupon, { userId: 'ada' })).toMatchObject({ outcome: 'redeemed' })
      expect(await subject.redeem(coupon, { userId: 'eve' })).toEqual(rejected('ALL_HELD'))
    })

    it.each([
      ['limited', 5],
      ['unlimited', 0],
    ])('is not counted against its user any more, on a %s coupon', async (_kind, useLimit) => {
      const coupon = await subject.create({ useLimit, userLimit: 1 })
      await hold(coupon, { userId: 'ada' })
      await letItExpire()
      expect(await subject.validate(coupon, 'ada')).toMatchObject({ outcome: 'usable' })
      expect(await subject.redeem(coupon, { userId: 'ada' })).toMatchObject({ outcome: 'redeemed' })
    })

    describe('by a clock of the process that is a year ahead', () => {
      afterEach(() => {
        vi.useRealTimers()
      })

      it('is still held: only the clock of the database counts', async ({ skip }) => {
        const [server] = await subject.database.query<{ version: string }>('select version()')
        skip(
          server?.version.includes('wasm') === true,
          'the clock of PGlite is that of its process',
        )
        const coupon = await subject.create({ useLimit: 1 })
        const held = await hold(coupon, { ttlSeconds: 60 })
        vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 365 * 86_400_000 })
        expect(await subject.redeem(coupon)).toEqual(rejected('ALL_HELD'))
        expect(await subject.validate(coupon)).toMatchObject(rejected('ALL_HELD'))
        expect(await logged(held)).toMatchObject({ status: 'RESERVED' })
        expect(await subject.confirm(held)).toMatchObject(settledAs('REDEEMED'))
      })
    })
  })

  /**
   * Every state that a redemption can be in, how it gets there, and what each step makes of it: the state it is in
   * then, or why the step was refused.
   */
  describe.each([
    ['a limited coupon', 2],
    ['an unlimited coupon', 0],
  ])('of %s,', (_kind, useLimit) => {
    const STATES = {
      RESERVED: (coupon) => hold(coupon, { userId: 'ada' }),
      REDEEMED: async (coupon) => {
        const held = await hold(coupon, { userId: 'ada' })
        await subject.confirm(held)
        return held
      },
      RELEASED: async (coupon) => {
        const held = await hold(coupon, { userId: 'ada' })
        await subject.release(held)
        return held
      },
      EXPIRED: async (coupon) => {
        const held = await hold(coupon, { userId: 'ada' })
        await letItExpire()
        return held
      },
      ROLLED_BACK: async (coupon) => {
        const { redemptionId } = unitOf(await subject.redeem(coupon, { userId: 'ada' }))
        await subject.rollback(redemptionId)
        return redemptionId
      },
    } satisfies Record<RedemptionStatus, (coupon: CouponCode) => Promise<string>>

    it.each([
      ['RESERVED', 'confirm', 'REDEEMED'],
      ['RESERVED', 'release', 'RELEASED'],
      ['RESERVED', 'rollback', 'REDEMPTION_NOT_FOUND'],
      ['REDEEMED', 'confirm', 'REDEEMED'],
      ['REDEEMED', 'release', 'RESERVATION_NOT_FOUND'],
      ['REDEEMED', 'rollback', 'ROLLED_BACK'],
      ['RELEASED', 'confirm', 'RESERVATION_NOT_FOUND'],
      ['RELEASED', 'release', 'RELEASED'],
      ['RELEASED', 'rollback', 'REDEMPTION_NOT_FOUND'],
      ['EXPIRED', 'confirm', 'REDEEMED'],
      ['EXPIRED', 'release', 'EXPIRED'],
      ['EXPIRED', 'rollback', 'REDEMPTION_NOT_FOUND'],
      ['ROLLED_BACK', 'confirm', 'RESERVATION_NOT_FOUND'],
      ['ROLLED_BACK', 'release', 'RESERVATION_NOT_FOUND'],
      ['ROLLED_BACK', 'rollback', 'ALREADY_ROLLED_BACK'],
    ] as const)('what is %s: %s makes it, or says, %s', async (state, step, expected) => {
      const coupon = await subject.create({ useLimit })
      const redemptionId = await STATES[state](coupon)
      expect(await logged(redemptionId)).toMatchObject({ status: state })
      const isRefused = !Object.hasOwn(STATES, expected)
      const result = await subject[step](redemptionId)
      expect(result).toMatchObject(
        isRefused ? rejected(expected) : settledAs(expected as RedemptionStatus),
      )
      const after = isRefused ? state : expected
      const row = await logged(redemptionId)
      expect(row).toMatchObject({ status: after })
      if (result.outcome === 'settled') {
        expect(result.redemption).toEqual(row)
      }
      const used = after === 'REDEEMED' ? 1 : 0
      const held = after === 'RESERVED' ? 1 : 0
      const remaining = useLimit === 0 ? null : useLimit - used - held
      expect(await usage(coupon)).toEqual({ used, held, remaining })
    })
  })

  describe('confirm', () => {
    it('does not count the own hold against oneself: on the last unit, by a user with a limit of 1', async () => {
      const coupon = await subject.create({ useLimit: 1, userLimit: 1 })
      const held = await hold(coupon, { userId: 'ada' })
      expect(await subject.confirm(held)).toMatchObject(
        settledAs('REDEEMED', { ordinal: 1, userId: 'ada', endedAt: null }),
      )
      expect(await usage(coupon)).toEqual({ used: 1, held: 0, remaining: 0 })
    })

    it('changes nothing when repeated, with the same key, another or none', async () => {
      const coupon = await subject.create({ useLimit: 2 })
      const held = await hold(coupon, { userId: 'ada' })
      const key = newKey()
      const first = await subject.confirm(held, key)
      expect(await subject.confirm(held, key)).toEqual({ ...first, replayed: true })
      expect(await subject.confirm(held)).toEqual(first)
      expect(await subject.confirm(held, null)).toEqual(first)
      expect(await usage(coupon)).toEqual({ used: 1, held: 0, remaining: 1 })
    })

    it('finds no reservation of another account, and none with an unknown id', async () => {
      const held = await hold(await subject.create())
      const { id } = await subject.core.ensureAccount('other', 'UTC')
      const step = { accountId: id, redemptionId: held, idempotencyKey: newKey() }
      expect(await subject.core.confirm(step)).toEqual(rejected('RESERVATION_NOT_FOUND'))
      expect(await subject.core.release(step)).toEqual(rejected('RESERVATION_NOT_FOUND'))
      expect(await subject.confirm(randomUUID())).toEqual(rejected('RESERVATION_NOT_FOUND'))
    })
  })

  describe('confirm, after the time is over,', () => {
    it('takes a unit where one is free, in the place that it had', async () => {
      const coupon = await subject.create({ useLimit: 2 })
      const held = await hold(coupon, { userId: 'ada' })
      await letItExpire()
      await subject.redeem(coupon, { userId: 'bob' })
      expect(await subject.confirm(held)).toMatchObject(
        settledAs('REDEEMED', { ordinal: 1, redeemedAt: expect.any(String) }),
      )
      expect(await usage(coupon)).toEqual({ used: 2, held: 0, remaining: 0 })
    })

    it.each([
      ['redeemed', 'redeem'],
      ['held', 'reserve'],
    ] as const)('is RESERVATION_EXPIRED where the unit was %s by another', async (_how, take) => {
      const coupon = await subject.create({ useLimit: 1 })
      const held = await hold(coupon)
      await letItExpire()
      await subject[take](coupon)
      expect(await subject.confirm(held)).toEqual(rejected('RESERVATION_EXPIRED'))
      expect(await logged(held)).toMatchObject({ status: 'EXPIRED', redeemedAt: null })
    })

    it.each([
      ['limited', 5, 'redeem'],
      ['limited', 5, 'reserve'],
      ['unlimited', 0, 'redeem'],
      ['unlimited', 0, 'reserve'],
    ] as const)(
      'is RESERVATION_EXPIRED where the user has used his own limit otherwise: %s, %i, %s',
      async (_kind, useLimit, take) => {
        const coupon = await subject.create({ useLimit, userLimit: 1 })
        const held = await hold(coupon, { userId: 'ada' })
        await letItExpire()
        const other = unitOf(await subject[take](coupon, { userId: 'ada' }))
        expect(await subject.confirm(held)).toEqual(rejected('RESERVATION_EXPIRED'))
        await (take === 'redeem'
          ? subject.rollback(other.redemptionId)
          : subject.release(other.redemptionId))
        expect(await subject.confirm(held)).toMatchObject(settledAs('REDEEMED'))
      },
    )

    it('is decided anew with the same key, since a refusal is no effect', async () => {
      const coupon = await subject.create({ useLimit: 1 })
      const held = await hold(coupon)
      await letItExpire()
      const { redemptionId } = unitOf(await subject.redeem(coupon))
      const key = newKey()
      expect(await subject.confirm(held, key)).toEqual(rejected('RESERVATION_EXPIRED'))
      await subject.rollback(redemptionId)
      const confirmed = await subject.confirm(held, key)
      expect(confirmed).toMatchObject(settledAs('REDEEMED'))
      expect(await subject.confirm(held, key)).toEqual({ ...confirmed, replayed: true })
    })

    it('is RESERVATION_EXPIRED where the coupon was deleted', async () => {
      const coupon = await subject.create({ useLimit: 1 })
      const held = await hold(coupon)
      await letItExpire()
      const { accountId } = subject
      await subject.core.delete({ accountId, code: coupon, idempotencyKey: null })
      expect(await subject.confirm(held)).toEqual(rejected('RESERVATION_EXPIRED'))
    })
  })

  describe('release', () => {
    it('frees the unit and the use of the user at once, and once only', async () => {
      const coupon = await subject.create({ useLimit: 2, userLimit: 1 })
      const held = await hold(coupon, { userId: 'ada' })
      await subject.redeem(coupon, { userId: 'bob' })
      const key = newKey()
      const first = await subject.release(held, key)
      expect(first).toMatchObject(settledAs('RELEASED', { endedAt: expect.any(String) }))
      expect(await subject.release(held, key)).toEqual({ ...first, replayed: true })
      expect(await subject.release(held)).toEqual(first)
      expect(await usage(coupon)).toEqual({ used: 1, held: 0, remaining: 1 })
      expect(await subject.redeem(coupon, { userId: 'ada' })).toMatchObject({
        redemption: { ordinal: 3, used: 2 },
      })
      expect(await subject.release(held)).toEqual(first)
      expect(await usage(coupon)).toEqual({ used: 2, held: 0, remaining: 0 })
    })
  })
})
