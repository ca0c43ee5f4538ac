import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createUpstreamClient, type UpstreamClient } from '../src/index.ts'
import { API_KEY, type ApiUnderTest, startApi } from './api-under-test.ts'
import { failureOf, openClient, openUpstream } from './client-under-test.ts'
import { done, problem, rejected, reset, WIRE_COUPON } from './misbehaving-upstream.ts'

const ISO_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/
const NO_REDEMPTION = '01a20c8f-3b1e-7cc2-9f0a-5d1f6a3f2b11'

const WIRE_REDEMPTION = {
  redemptionId: NO_REDEMPTION,
  cpnNo: 'FRIENDS05',
  cpnId: WIRE_COUPON.cpnId,
  status: 'REDEEMED',
  ordinal: 1,
  userId: null,
  memo: '',
  idempotencyKey: 'key-1',
  takenAt: '2026-01-01T00:00:00.000Z',
  redeemedAt: '2026-01-01T00:00:00.000Z',
  expiresAt: null,
  endedAt: null,
  rollbackReason: null,
}

describe('on our own api', () => {
  let api: ApiUnderTest
  let client: UpstreamClient
  beforeAll(async () => {
    api = await startApi('native')
    client = createUpstreamClient({ urls: [api.url], apiKey: API_KEY, profile: 'native' })
  })
  afterAll(async () => {
    await client.close()
    await api.stop()
  })
  const create = async (settings: object = {}) => {
    const result = await client.create({
      settings: { discountKind: 'percent', discount: 10, ...settings },
    })
    if (result.outcome !== 'created') throw new Error(`not created: ${JSON.stringify(result)}`)
    return result.code
  }
  const reserve = async (code: string, input: object = {}) => {
    const result = await client.reserve({ code, ...input })
    if (result.outcome !== 'reserved') throw new Error(`not reserved: ${JSON.stringify(result)}`)
    return result.reservation
  }

  it('a checkout reserves, confirms, and finds the redemption by its id and by its key', async () => {
    const code = await create({ useLimit: 2 })
    const idempotencyKey = randomUUID()
    const input = { code, userId: 'ada', memo: 'order 7', ttlSeconds: 60, idempotencyKey }
    const reserved = await client.reserve(input)
    expect(reserved).toEqual({
      outcome: 'reserved',
      reservation: {
        id: expect.any(String),
        ordinal: 1,
        expiresAt: expect.stringMatching(ISO_TIME),
      },
      idempotencyKey,
      replayed: false,
    })
    expect(await client.reserve(input)).toEqual({ ...reserved, replayed: true })
    expect(await client.validate({ code })).toMatchObject({
      coupon: { used: 0, held: 1, remaining: 1 },
    })
    if (reserved.outcome !== 'reserved') return
    const { id: reservationId, expiresAt } = reserved.reservation

    const confirmed = await client.confirm({ reservationId })
    expect(confirmed).toEqual({
      outcome: 'confirmed',
      redemption: {
        id: reservationId,
        code,
        couponId: expect.any(String),
        status: 'REDEEMED',
        ordinal: 1,
        userId: 'ada',
        memo: 'order 7',
        idempotencyKey,
        takenAt: expect.stringMatching(ISO_TIME),
        redeemedAt: expect.stringMatching(ISO_TIME),
        expiresAt,
        endedAt: null,
        rollbackReason: null,
      },
      idempotencyKey: expect.any(String),
      replayed: false,
    })
    if (confirmed.outcome !== 'confirmed') return
    const found = { outcome: 'found', redemption: confirmed.redemption }
    expect(await client.findRedemption({ redemptionId: reservationId })).toEqual(found)
    expect(await client.findRedemption({ idempotencyKey })).toEqual(found)
  })

  it('a reservation is released, and is none for whoever confirms it then', async () => {
    const code = await create({ useLimit: 1 })
    const { id: reservationId } = await reserve(code)
    expect(await client.reserve({ code })).toEqual({ outcome: 'rejected', reason: 'ALL_HELD' })
    expect(await client.release({ reservationId })).toMatchObject({
      outcome: 'released',
      redemption: { id: reservationId, status: 'RELEASED' },
    })
    expect(await client.confirm({ reservationId })).toEqual({
      outcome: 'rejected',
      reason: 'RESERVATION_NOT_FOUND',
    })
  })

  it('a redemption is rolled back once, by one key', async () => {
    const code = await create({ useLimit: 1 })
    const redeemed = await client.redeem({ code })
    const redemptionId = (redeemed.outcome === 'redeemed' && redeemed.redemption.id) || ''
    const input = { redemptionId, reason: 'cancelled', idempotencyKey: randomUUID() }
    expect(await client.rollback(input)).toMatchObject({
      outcome: 'rolled-back',
      redemption: { status: 'ROLLED_BACK', rollbackReason: 'cancelled' },
      replayed: false,
    })
    expect(await client.rollback(input)).toMatchObject({ outcome: 'rolled-back', replayed: true })
    expect(await client.rollback({ redemptionId, reason: 'again' })).toEqual({
      outcome: 'rejected',
      reason: 'ALREADY_ROLLED_BACK',
    })
    expect(await client.rollback({ ...input, reason: 'another' })).toEqual({
      outcome: 'key-reused',
    })
    expect(await client.redeem({ code })).toMatchObject({ outcome: 'redeemed' })
  })

  it('what is not there is a value', async () => {
    const rejectedAs = (reason: string) => ({ outcome: 'rejected', reason })
    const [redemptionId, reservationId] = [NO_REDEMPTION, NO_REDEMPTION]
    expect(await client.confirm({ reservationId })).toEqual(rejectedAs('RESERVATION_NOT_FOUND'))
    expect(await client.release({ reservationId })).toEqual(rejectedAs('RESERVATION_NOT_FOUND'))
    expect(await client.rollback({ redemptionId, reason: 'x' })).toEqual(
      rejectedAs('REDEMPTION_NOT_FOUND'),
    )
    expect(await client.findRedemption({ redemptionId })).toEqual(
      rejectedAs('REDEMPTION_NOT_FOUND'),
    )
    expect(await client.findRedemption({ idempotencyKey: '?/&' })).toEqual(
      rejectedAs('REDEMPTION_NOT_FOUND'),
    )
  })

  it('the log is read page by page, and by what is asked for', async () => {
    const code = await create({ useLimit: 9, userLimit: 9 })
    const ids: string[] = []
    for (const userId of ['ada', 'bob', 'ada']) {
      const redeemed = await client.redeem({ code, userId })
      ids.unshift((redeemed.outcome === 'redeemed' && redeemed.redemption.id) || '')
    }
    const read = async (input: object) => {
      const { redemptions, nextCursor } = await client.listRedemptions({ code, ...input })
      return [redemptions.map(({ id }) => id), nextCursor]
    }
    expect(await read({})).toEqual([ids, null])
    expect(await read({ limit: 2 })).toEqual([ids.slice(0, 2), ids[1]])
    expect(await read({ limit: 2, cursor: ids[1] })).toEqual([ids.slice(2), null])
    expect(await read({ userId: 'bob', status: 'REDEEMED' })).toEqual([[ids[1]], null])
    expect(await read({ status: 'ROLLED_BACK' })).toEqual([[], null])
    expect(await read({ takenFrom: new Date('2999-01-01') })).toEqual([[], null])
    expect(await read({ takenBefore: new Date('2999-01-01') })).toEqual([ids, null])
  })

  it('many coupons are validated in one call, as each by itself', async () => {
    const used = await create({ useLimit: 1 })
    await client.redeem({ code: used, userId: 'ada' })
    const codes = [used, 'welcome-10', 'EXPIRED01', 'NOSUCHCODE', used]
    for (const userId of [undefined, 'ada']) {
      const together = await client.validateMany({ codes, userId })
      const each = await Promise.all(codes.map((code) => client.validate({ code, userId })))
      expect(together).toEqual(each)
    }
  })

  it('what is wrong with an input is told by our own names of the fields', async () => {
    const fieldsOf = async (call: Promise<unknown>) => {
      const error = await failureOf(call)
      return error.code === 'INVALID_INPUT' ? error.problems.map(({ field }) => field) : error
    }
    const code = await create()
    expect(await fieldsOf(client.reserve({ code, ttlSeconds: 0 }))).toEqual(['ttlSeconds'])
    expect(await fieldsOf(client.reserve({ code: 'x' }))).toEqual(['code'])
    expect(await fieldsOf(client.confirm({ reservationId: '' }))).toEqual(['reservationId'])
    expect(await fieldsOf(client.rollback({ redemptionId: 'no id', reason: 'x' }))).toEqual([
      'redemptionId',
    ])
    expect(await fieldsOf(client.rollback({ redemptionId: NO_REDEMPTION, reason: '' }))).toEqual([
      'reason',
    ])
    expect(await fieldsOf(client.listRedemptions({ limit: 0 }))).toEqual(['limit'])
    expect(await fieldsOf(client.listRedemptions({ cursor: 'x' }))).toEqual(['cursor'])
    expect(await fieldsOf(client.validateMany({ codes: [] }))).toEqual(['codes'])
    expect(await fieldsOf(client.validateMany({ codes: Array(101).fill(code) }))).toEqual(['codes'])
    expect(await fieldsOf(client.validateMany({ codes: [code, 'x'] }))).toEqual(['codes.1'])
  })
})

describe('on a hosted upstream', () => {
  let api: ApiUnderTest
  let client: UpstreamClient
  beforeAll(async () => {
    api = await startApi('hosted')
    client = createUpstreamClient({ urls: [api.url], apiKey: API_KEY, profile: 'hosted' })
  })
  afterAll(async () => {
    await client.close()
    await api.stop()
  })

  it('many coupons are validated one by one', async () => {
    const codes = ['WELCOME10', 'EXPIRED01', 'WELCOME10']
    const together = await client.validateMany({ codes, userId: 'ada' })
    expect(together).toEqual(await Promise.all(codes.map((code) => client.validate({ code }))))
    const error = await failureOf(client.validateMany({ codes: ['WELCOME10', 'x'] }))
    expect(error).toMatchObject({ code: 'INVALID_INPUT', problems: [{ field: 'codes.1' }] })
  })

  it('what it has no call for is refused, and nothing is sent', async () => {
    const upstream = await openUpstream(done())
    const { client: refused } = openClient([upstream.url], { profile: 'hosted' })
    const reservationId = NO_REDEMPTION
    for (const call of [
      refused.reserve({ code: 'FRIENDS05' }),
      refused.confirm({ reservationId }),
      refused.release({ reservationId }),
      refused.findRedemption({ idempotencyKey: 'key-1' }),
      refused.listRedemptions({}),
    ]) {
      expect(await failureOf(call)).toMatchObject({
        code: 'UNSUPPORTED',
        name: 'UnsupportedError',
      })
    }
    expect(await refused.rollback({ redemptionId: reservationId, reason: 'x' })).toEqual({
      outcome: 'rejected',
      reason: 'ROLLBACK_UNSUPPORTED',
    })
    expect(upstream.received).toHaveLength(0)
  })
})

describe('an upstream that misbehaves', () => {
  it('gets a write again with the same key when its answer is lost, and no other', async () => {
    const upstream = await openUpstream(reset, done(WIRE_REDEMPTION))
    const { client } = openClient([upstream.url])
    const input = { reservationId: NO_REDEMPTION, idempotencyKey: 'key-2' }
    expect(await client.confirm(input)).toMatchObject({
      outcome: 'confirmed',
      redemption: { id: NO_REDEMPTION },
    })
    expect(upstream.received.map(({ headers }) => headers['idempotency-key'])).toEqual([
      'key-2',
      'key-2',
    ])
  })

  it.each([
    ['without a redemption', done(null)],
    ['with a state that there is not', done({ ...WIRE_REDEMPTION, status: 'LOST' })],
    ['with something that is no code', done({ ...WIRE_REDEMPTION, cpnNo: '?' })],
  ])('fails with BAD_RESPONSE on a success %s', async (_what, behaviour) => {
    const upstream = await openUpstream(behaviour)
    const { client } = openClient([upstream.url])
    const error = await failureOf(client.release({ reservationId: NO_REDEMPTION }))
    expect(error).toMatchObject({ code: 'BAD_RESPONSE' })
  })

  it('fails with BAD_RESPONSE when it rejects what cannot be rejected, or answers no list', async () => {
    const upstream = await openUpstream(rejected(77, 'NO'), done({}), rejected(77, 'NO'), done({}))
    const { client } = openClient([upstream.url])
    for (const call of [
      () => client.listRedemptions({}),
      () => client.listRedemptions({}),
      () => client.validateMany({ codes: ['FRIENDS05'] }),
      () => client.validateMany({ codes: ['FRIENDS05'] }),
    ]) {
      expect(await failureOf(call())).toMatchObject({ code: 'BAD_RESPONSE' })
    }
  })

  it.each([
    [
      rejected(1017, 'SOMETHING_NEW'),
      { outcome: 'rejected', reason: 'UNKNOWN', upstreamCode: 1017 },
    ],
    [problem(422, 2003, 'IDEMPOTENCY_KEY_REUSED'), { outcome: 'key-reused' }],
    [
      problem(429, 1009, 'TOO_MANY_ATTEMPTS', { 'retry-after': '30' }),
      { outcome: 'rejected', reason: 'TOO_MANY_ATTEMPTS', retryAfterMs: 30_000 },
    ],
  ])('gives a value for what it refuses to reserve: case %#', async (behaviour, result) => {
    const upstream = await openUpstream(behaviour)
    const { client } = openClient([upstream.url])
    expect(await client.reserve({ code: 'FRIENDS05' })).toMatchObject(result)
  })

  it('a batch with a reason that is new is told as unknown', async () => {
    const upstream = await openUpstream(
      done([{ cpnNo: 'FRIENDS05', valid: false, error: 'NEW', coupon: WIRE_COUPON }]),
    )
    const { client } = openClient([upstream.url])
    expect(await client.validateMany({ codes: ['FRIENDS05'] })).toMatchObject([
      {
        outcome: 'rejected',
        reason: 'UNKNOWN',
        upstreamMessage: 'NEW',
        coupon: { code: 'FRIENDS05' },
      },
    ])
  })
})
