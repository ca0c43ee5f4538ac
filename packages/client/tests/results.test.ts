import { describe, expect, it } from 'vitest'
import { failureOf, openClient, openUpstream } from './client-under-test.ts'
import { answer, done, problem, rejected, WIRE_COUPON } from './misbehaving-upstream.ts'

const REDEMPTION = {
  redemptionId: 'r-1',
  ordinal: 3,
  useCnt: 3,
  remaining: 2,
  redeemedAt: '2026-01-01T00:00:00.000Z',
}

describe('validate', () => {
  it('answers with the usable coupon', async () => {
    const upstream = await openUpstream(done(WIRE_COUPON))
    const { client } = openClient([upstream.url])
    expect(await client.validate({ code: ' friends-05 ', userId: 'user 1' })).toMatchObject({
      outcome: 'usable',
      coupon: { code: 'FRIENDS05', remaining: 3 },
    })
    expect(upstream.received).toMatchObject([
      { method: 'GET', url: '/api/coupon/v1/validate?cpnNo=FRIENDS05&userId=user%201', body: '' },
    ])
  })

  it('answers why a coupon cannot be used, with the coupon where the upstream shows it', async () => {
    const upstream = await openUpstream(
      rejected(1003, 'EXPIRED', WIRE_COUPON),
      rejected(1001, 'NOT_FOUND'),
      answer(200, { code: 77, message: 'nope' }),
    )
    const { client } = openClient([upstream.url], { unknownCodeTtlMs: 0 })
    const validate = () => client.validate({ code: 'FRIENDS05' })
    expect(await validate()).toMatchObject({
      outcome: 'rejected',
      reason: 'EXPIRED',
      coupon: { code: 'FRIENDS05' },
    })
    expect(await validate()).toEqual({ outcome: 'rejected', reason: 'NOT_FOUND', coupon: null })
    expect(await validate()).toEqual({
      outcome: 'rejected',
      reason: 'UNKNOWN',
      upstreamCode: 77,
      upstreamMessage: 'nope',
      coupon: null,
    })
  })

  it('tells a hosted upstream no user, and nobody its on-site passwords', async () => {
    const { onsitePwdYn: _, ...hosted } = WIRE_COUPON
    const upstream = await openUpstream(done({ ...hosted, onsitePwd: 's3cret' }))
    const { client } = openClient([upstream.url], { profile: 'hosted' })
    const result = await client.validate({ code: 'FRIENDS05', userId: 'user-1' })
    expect(JSON.stringify(result)).not.toContain('s3cret')
    expect(result).toMatchObject({ coupon: { requiresOnsitePassword: true } })
    expect(upstream.received[0]?.url).toBe('/api/coupon/v1/validate?cpnNo=FRIENDS05')
  })

  it('fails with BAD_RESPONSE on a success without a coupon', async () => {
    const upstream = await openUpstream(done(null))
    const { client } = openClient([upstream.url])
    const error = await failureOf(client.validate({ code: 'FRIENDS05' }))
    expect(error).toMatchObject({ code: 'BAD_RESPONSE', name: 'BadResponseError' })
  })
})

describe('redeem', () => {
  it('answers with the redemption, its key and whether it is a replay', async () => {
    const upstream = await openUpstream(
      done(REDEMPTION),
      done(REDEMPTION, { 'idempotency-replayed': 'true' }),
    )
    const { client } = openClient([upstream.url])
    const input = {
      code: 'friends05',
      userId: 'user-1',
      memo: 'desk 1',
      onsitePassword: '4242',
      idempotencyKey: 'key-1',
    }
    const redeemed = {
      outcome: 'redeemed',
      redemption: {
        id: 'r-1',
        ordinal: 3,
        used: 3,
        remaining: 2,
        redeemedAt: '2026-01-01T00:00:00.000Z',
      },
      idempotencyKey: 'key-1',
    }
    expect(await client.redeem(input)).toEqual({ ...redeemed, replayed: false })
    expect(await client.redeem(input)).toEqual({ ...redeemed, replayed: true })
    const [first] = upstream.received
    expect(first).toMatchObject({
      method: 'PUT',
      url: '/api/coupon/v1/redeem',
      headers: { 'content-type': 'application/json', 'idempotency-key': 'key-1' },
    })
    expect(JSON.parse(first?.body ?? '')).toEqual({
      cpnNo: 'FRIENDS05',
      userId: 'user-1',
      memo: 'desk 1',
      onsitePwd: '4242',
    })
  })

  it('takes the empty answer of a hosted upstream for a redemption that nothing is known of', async () => {
    const upstream = await openUpstream(answer(200, { code: 0 }))
    const { client } = openClient([upstream.url], { profile: 'hosted' })
    expect(await client.redeem({ code: 'FRIENDS05' })).toEqual({
      outcome: 'redeemed',
      redemption: { id: null, ordinal: null, used: null, remaining: null, redeemedAt: null },
      idempotencyKey: expect.any(String),
      replayed: false,
    })
  })

  it.each([
    [rejected(1004, 'EXHAUSTED'), { outcome: 'rejected', reason: 'EXHAUSTED' }],
    [rejected(1016, 'ALL_HELD'), { outcome: 'rejected', reason: 'ALL_HELD' }],
    [
      rejected(1008, 'ONSITE_PASSWORD_WRONG'),
      { outcome: 'rejected', reason: 'ONSITE_PASSWORD_WRONG' },
    ],
    [
      problem(429, 1009, 'TOO_MANY_ATTEMPTS', { 'retry-after': '30' }),
      { outcome: 'rejected', reason: 'TOO_MANY_ATTEMPTS', retryAfterMs: 30_000 },
    ],
    [
      rejected(1099, 'SOMETHING_NEW'),
      {
        outcome: 'rejected',
        reason: 'UNKNOWN',
        upstreamCode: 1099,
        upstreamMessage: 'says SOMETHING_NEW',
      },
    ],
    [problem(422, 2003, 'IDEMPOTENCY_KEY_REUSED'), { outcome: 'key-reused' }],
  ])('answers with a value, at the first attempt: case %#', async (behaviour, result) => {
    const upstream = await openUpstream(behaviour)
    const { client } = openClient([upstream.url])
    expect(await client.redeem({ code: 'FRIENDS05' })).toEqual(result)
    expect(upstream.received).toHaveLength(1)
  })
})

describe('create, update and delete', () => {
  it.each([
    ['a text', 'NEWCODE01', null],
    ['an object', { cpnNo: 'NEWCODE01' }, null],
    ['a coupon', { ...WIRE_COUPON, cpnNo: 'NEWCODE01' }, { code: 'NEWCODE01', useLimit: 5 }],
  ])('reads the code of a created coupon from %s', async (_, result, coupon) => {
    const upstream = await openUpstream(done(result))
    const { client } = openClient([upstream.url])
    const created = await client.create({
      codeLength: 12,
      settings: { discountKind: 'percent', discount: 10, onsite: true, onsitePassword: '4242' },
    })
    expect(created).toMatchObject({ outcome: 'created', code: 'NEWCODE01' })
    if (coupon !== null) expect(created).toMatchObject({ coupon })
    expect(upstream.received[0]).toMatchObject({ method: 'POST', url: '/api/coupon/v1/create' })
    expect(JSON.parse(upstream.received[0]?.body ?? '')).toEqual({
      cpnNoDigits: 12,
      discTypeIdx: 457,
      disc: 10,
      onsiteYn: 'Y',
      onsitePwd: '4242',
    })
  })

  it('fails with BAD_RESPONSE when a created coupon has no code', async () => {
    const upstream = await openUpstream(done(null))
    const { client } = openClient([upstream.url])
    const settings = { discountKind: 'percent', discount: 10 } as const
    expect(await failureOf(client.create({ settings }))).toMatchObject({ code: 'BAD_RESPONSE' })
  })

  it('answers that a code is taken', async () => {
    const upstream = await openUpstream(rejected(1010, 'CODE_TAKEN'))
    const { client } = openClient([upstream.url])
    const settings = { discountKind: 'percent', discount: 10 } as const
    expect(await client.create({ code: 'FRIENDS05', settings })).toEqual({
      outcome: 'rejected',
      reason: 'CODE_TAKEN',
    })
  })

  it('changes settings of a coupon, and answers that a used one is locked', async () => {
    const upstream = await openUpstream(done(null), rejected(1011, 'COUPON_LOCKED'))
    const { client } = openClient([upstream.url])
    const update = () =>
      client.update({ code: 'friends05', changes: { endsOn: null }, idempotencyKey: 'key-1' })
    expect(await update()).toEqual({
      outcome: 'updated',
      coupon: null,
      idempotencyKey: 'key-1',
      replayed: false,
    })
    expect(await update()).toEqual({ outcome: 'rejected', reason: 'COUPON_LOCKED' })
    expect(upstream.received[0]).toMatchObject({
      method: 'PUT',
      url: '/api/coupon/v1/update',
      body: '{"cpnNo":"FRIENDS05","endYmd":""}',
    })
  })

  it('deletes a coupon, and answers that there is none', async () => {
    const upstream = await openUpstream(done(null), rejected(1001, 'NOT_FOUND'))
    const { client } = openClient([upstream.url])
    const remove = () => client.delete({ code: 'FRIENDS05', idempotencyKey: 'key-1' })
    expect(await remove()).toEqual({
      outcome: 'deleted',
      idempotencyKey: 'key-1',
      replayed: false,
    })
    expect(await remove()).toEqual({ outcome: 'rejected', reason: 'NOT_FOUND' })
    expect(upstream.received[0]).toMatchObject({
      method: 'DELETE',
      url: '/api/coupon/v1/delete?cpnNo=FRIENDS05',
      body: '',
    })
  })
})

describe('every call', () => {
  it('carries the key, the headers of the contract and the request id', async () => {
    const upstream = await openUpstream(done(WIRE_COUPON))
    const { client } = openClient([`${upstream.url}/behind/a/proxy/`], { userAgent: 'shop/1.0' })
    await client.validate({ code: 'FRIENDS05' }, { requestId: 'request-1' })
    expect(upstream.received[0]).toMatchObject({
      url: '/behind/a/proxy/api/coupon/v1/validate?cpnNo=FRIENDS05',
      headers: {
        authorization: 'APIKey demo_secret_key',
        'accept-language': 'en',
        'user-agent': 'shop/1.0',
        prefer: 'return=representation',
        'x-request-id': 'request-1',
      },
    })
    expect(upstream.received[0]?.headers).not.toHaveProperty('idempotency-key')
  })

  it('is refused here when its input cannot be sent', async () => {
    const upstream = await openUpstream(done())
    const { client } = openClient([upstream.url])
    const failures = [
      [client.validate({ code: 'no' }), 'code'],
      [client.redeem({ code: 'FRIENDS05', idempotencyKey: '' }), 'idempotencyKey'],
      [client.delete({ code: 'FRIENDS05' }, { requestId: 'a\nb' }), 'requestId'],
    ] as const
    for (const [call, field] of failures) {
      expect(await failureOf(call)).toMatchObject({ code: 'INVALID_INPUT', problems: [{ field }] })
    }
    expect(upstream.received).toHaveLength(0)
  })

  it('hands on what the upstream finds wrong with its input', async () => {
    const problems = [{ field: 'endYmd', problem: 'is no day', allowed: 'a day as YYYY-MM-DD' }]
    const upstream = await openUpstream(problem(400, 2001, 'INVALID_INPUT', {}, problems))
    const { client } = openClient([upstream.url])
    const call = client.update({ code: 'FRIENDS05', changes: { endsOn: 'tomorrow' } })
    expect(await failureOf(call)).toMatchObject({
      code: 'INVALID_INPUT',
      problems: [{ field: 'endsOn', problem: 'is no day' }],
    })
    expect(upstream.received).toHaveLength(1)
  })

  it('fails with BAD_RESPONSE where a web page answers', async () => {
    const upstream = await openUpstream(answer(404, '<html>', { 'content-type': 'text/html' }))
    const { client } = openClient([upstream.url])
    expect(await failureOf(client.validate({ code: 'FRIENDS05' }))).toMatchObject({
      code: 'BAD_RESPONSE',
    })
    expect(upstream.received).toHaveLength(1)
  })
})
