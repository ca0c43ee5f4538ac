import { describe, expect, it } from 'vitest'
import { failureOf, numberedCode, openClient, openUpstream } from './client-under-test.ts'
import {
  answer,
  deadUrl,
  done,
  hang,
  problem,
  rejected,
  reset,
  WIRE_COUPON,
} from './misbehaving-upstream.ts'

const usable = done(WIRE_COUPON)
const redeemed = done({ redemptionId: 'r-1' })
const badGateway = answer(502, '<html>bad gateway')

describe('a read', () => {
  it('survives a 503, a 502 without JSON and a reset', async () => {
    const upstream = await openUpstream(
      problem(503, 5002, 'UNAVAILABLE'),
      badGateway,
      reset,
      usable,
    )
    const { client } = openClient([upstream.url])
    expect(await client.validate({ code: 'FRIENDS05' })).toMatchObject({ outcome: 'usable' })
    expect(upstream.received).toHaveLength(4)
  })

  it('is UNAVAILABLE when the attempts are used up', async () => {
    const upstream = await openUpstream(badGateway)
    const { client } = openClient([upstream.url], { maxAttempts: 3 })
    const error = await failureOf(client.validate({ code: 'FRIENDS05' }))
    expect(error).toMatchObject({ code: 'UNAVAILABLE', message: 'the upstream answered HTTP 502' })
    expect(upstream.received).toHaveLength(3)
  })

  it('is sent again when an attempt hangs, and is a TIMEOUT at the deadline', async () => {
    const upstream = await openUpstream(hang)
    const { client, clock } = openClient([upstream.url], {
      attemptTimeoutMs: 5_000,
      deadlineMs: 8_000,
    })
    const failure = failureOf(client.validate({ code: 'FRIENDS05' }))
    await upstream.whenReceived(1)
    clock.advance(5_000)
    await upstream.whenReceived(2)
    clock.advance(3_000)
    expect(await failure).toMatchObject({ code: 'TIMEOUT' })
    expect(upstream.received).toHaveLength(2)
  })

  it('is not begun with no time left', async () => {
    const upstream = await openUpstream(usable)
    const { client } = openClient([upstream.url])
    const call = client.validate({ code: 'FRIENDS05' }, { deadlineMs: 0 })
    expect(await failureOf(call)).toMatchObject({ code: 'TIMEOUT' })
    expect(upstream.received).toHaveLength(0)
  })
})

describe('throttling', () => {
  it('waits at least as long as Retry-After says', async () => {
    const upstream = await openUpstream(
      problem(429, 3004, 'RATE_LIMITED', { 'retry-after': '2' }),
      problem(503, 5001, 'OVERLOADED', { 'retry-after': 'Thu, 01 Jan 2026 00:00:05 GMT' }),
      usable,
    )
    const { client, clock } = openClient([upstream.url], { random: () => 0.5 })
    expect(await client.validate({ code: 'FRIENDS05' })).toMatchObject({ outcome: 'usable' })
    // 2 s and half of 200 ms; then the 2.9 s that are left until the date, and half of 400 ms.
    expect(clock.sleptMs).toEqual([2_100, 3_100])
  })

  it('fails at once with RATE_LIMITED when Retry-After is past the deadline', async () => {
    const upstream = await openUpstream(problem(429, 3004, 'RATE_LIMITED', { 'retry-after': '60' }))
    const { client, clock } = openClient([upstream.url])
    const error = await failureOf(client.redeem({ code: 'FRIENDS05' }))
    expect(error).toMatchObject({ code: 'RATE_LIMITED', retryAfterMs: 60_000 })
    expect(clock.sleptMs).toEqual([])
  })

  it('is survived by a write of either profile, since it had no effect', async () => {
    for (const profile of ['native', 'hosted'] as const) {
      const upstream = await openUpstream(answer(429, 'slow down'), redeemed)
      const { client } = openClient([upstream.url], { profile })
      expect(await client.redeem({ code: 'FRIENDS05' })).toMatchObject({ outcome: 'redeemed' })
    }
  })

  it('is OVERLOADED when the upstream stays so', async () => {
    const upstream = await openUpstream(problem(503, 5001, 'OVERLOADED'))
    const { client } = openClient([upstream.url])
    expect(await failureOf(client.redeem({ code: 'FRIENDS05' }))).toMatchObject({
      code: 'OVERLOADED',
    })
    expect(upstream.received).toHaveLength(4)
  })
})

describe('a write on a native upstream', () => {
  it('keeps one key of its own over all attempts', async () => {
    const upstream = await openUpstream(reset, badGateway, answer(200, 'garbled'), redeemed)
    const { client } = openClient([upstream.url])
    const result = await client.redeem({ code: 'FRIENDS05' })
    expect(result).toMatchObject({ outcome: 'redeemed' })
    const keys = upstream.received.map(({ headers }) => headers['idempotency-key'])
    expect(keys).toHaveLength(4)
    expect(new Set(keys)).toEqual(new Set([(result as { idempotencyKey: string }).idempotencyKey]))
  })

  it('takes another key for another call', async () => {
    const upstream = await openUpstream(done())
    const { client } = openClient([upstream.url])
    await client.delete({ code: 'FRIENDS05' })
    await client.delete({ code: 'FRIENDS05' })
    const keys = upstream.received.map(({ headers }) => headers['idempotency-key'])
    expect(new Set(keys).size).toBe(2)
  })

  it('is OUTCOME_UNKNOWN, with its key, when no answer comes', async () => {
    const upstream = await openUpstream(reset)
    const { client } = openClient([upstream.url])
    const call = client.redeem({ code: 'FRIENDS05', idempotencyKey: 'key-1' })
    expect(await failureOf(call)).toMatchObject({
      code: 'OUTCOME_UNKNOWN',
      idempotencyKey: 'key-1',
      cause: { code: 'UNAVAILABLE' },
    })
    expect(upstream.received).toHaveLength(4)
  })

  it('stays OUTCOME_UNKNOWN when the upstream cannot be reached any more', async () => {
    const upstream = await openUpstream(reset)
    const { client } = openClient([upstream.url, await deadUrl()], { maxAttempts: 2 })
    expect(await failureOf(client.redeem({ code: 'FRIENDS05' }))).toMatchObject({
      code: 'OUTCOME_UNKNOWN',
      cause: { message: 'the upstream could not be reached' },
    })
  })

  it('stays OUTCOME_UNKNOWN when the upstream refuses the repeat', async () => {
    const upstream = await openUpstream(reset, problem(401, 3001, 'UNAUTHENTICATED'))
    const { client } = openClient([upstream.url])
    expect(await failureOf(client.redeem({ code: 'FRIENDS05' }))).toMatchObject({
      code: 'OUTCOME_UNKNOWN',
      cause: { code: 'UNAUTHENTICATED' },
    })
  })

  it('trusts a rejection after a lost answer, since the key would have been replayed', async () => {
    const upstream = await openUpstream(reset, rejected(1004, 'EXHAUSTED'))
    const { client } = openClient([upstream.url])
    expect(await client.redeem({ code: 'FRIENDS05' })).toEqual({
      outcome: 'rejected',
      reason: 'EXHAUSTED',
    })
  })

  it('waits for a request with the same key, and says so when that takes too long', async () => {
    const busy = problem(409, 2004, 'IDEMPOTENCY_CONCURRENT_REQUEST', { 'retry-after': '1' })
    const patient = await openUpstream(busy, redeemed)
    const { client } = openClient([patient.url])
    expect(await client.redeem({ code: 'FRIENDS05' })).toMatchObject({ outcome: 'redeemed' })

    const stuck = await openUpstream(busy)
    const { client: other } = openClient([stuck.url])
    expect(await other.redeem({ code: 'FRIENDS05' })).toEqual({
      outcome: 'key-in-use',
      retryAfterMs: 1_000,
    })
  })

  it('is OUTCOME_UNKNOWN when the request with the same key is its own', async () => {
    const busy = problem(409, 2004, 'IDEMPOTENCY_CONCURRENT_REQUEST', { 'retry-after': '1' })
    const upstream = await openUpstream(reset, busy)
    const { client } = openClient([upstream.url])
    expect(await failureOf(client.redeem({ code: 'FRIENDS05' }))).toMatchObject({
      code: 'OUTCOME_UNKNOWN',
      retryAfterMs: 1_000,
    })
  })
})

describe('a write on a hosted upstream', () => {
  it.each([
    ['a reset', reset],
    ['a 500', answer(500, 'oops')],
    ['a 503', answer(503, 'oops')],
    ['a 200 that is not the contract', answer(200, '<html>')],
  ])('is never sent again after %s, and sends no key', async (_, behaviour) => {
    const upstream = await openUpstream(behaviour)
    const { client } = openClient([upstream.url], { profile: 'hosted' })
    const settings = { discountKind: 'percent', discount: 10 } as const
    const calls = [
      client.redeem({ code: 'FRIENDS05' }),
      client.create({ settings }),
      client.update({ code: 'FRIENDS05', changes: {} }),
      client.delete({ code: 'FRIENDS05' }),
    ]
    for (const call of calls) {
      expect(await failureOf(call)).toMatchObject({ code: 'OUTCOME_UNKNOWN' })
    }
    expect(upstream.received).toHaveLength(calls.length)
    for (const { headers } of upstream.received) {
      expect(headers).not.toHaveProperty('idempotency-key')
    }
  })

  it('is never sent again after it hung', async () => {
    const upstream = await openUpstream(hang)
    const { client, clock } = openClient([upstream.url], { profile: 'hosted' })
    const failure = failureOf(client.redeem({ code: 'FRIENDS05' }))
    await upstream.whenReceived(1)
    clock.advance(5_000)
    expect(await failure).toMatchObject({ code: 'OUTCOME_UNKNOWN' })
    expect(upstream.received).toHaveLength(1)
  })

  it('was lost on a connection that the server was about to close: it is sent on a new one', async () => {
    const connections = new Set<unknown>()
    const upstream = await openUpstream((response, request) => {
      connections.add(response.socket)
      redeemed(response, request)
    })
    const { client } = openClient([upstream.url], { profile: 'hosted' })
    await client.validate({ code: 'FRIENDS05' }).catch(() => {})
    for (let count = 0; count < 3; count += 1) await client.redeem({ code: 'FRIENDS05' })
    expect(connections.size).toBe(4)
  })

  it('is sent again when it never left', async () => {
    const upstream = await openUpstream(redeemed)
    const { client } = openClient([await deadUrl(), upstream.url], { profile: 'hosted' })
    expect(await client.redeem({ code: 'FRIENDS05' })).toMatchObject({ outcome: 'redeemed' })
    expect(upstream.received).toHaveLength(1)
  })
})

describe('several URLs', () => {
  it('get calls in turn', async () => {
    const upstreams = [await openUpstream(usable), await openUpstream(usable)] as const
    const { client } = openClient(upstreams.map(({ url }) => url))
    for (let count = 0; count < 6; count += 1) await client.validate({ code: 'FRIENDS05' })
    expect(upstreams.map(({ received }) => received.length)).toEqual([3, 3])
  })

  it('get a retry at the next one', async () => {
    const failing = await openUpstream(badGateway)
    const healthy = await openUpstream(usable)
    const { client } = openClient([failing.url, healthy.url])
    await client.validate({ code: 'FRIENDS05' })
    expect([failing.received.length, healthy.received.length]).toEqual([1, 1])
  })

  it('may hold a dead one without a call failing', async () => {
    const upstream = await openUpstream(usable)
    const { client } = openClient([await deadUrl(), upstream.url])
    const calls = Array.from({ length: 20 }, (_, n) => client.validate({ code: numberedCode(n) }))
    for (const result of await Promise.all(calls)) expect(result.outcome).toBe('usable')
    expect(upstream.received).toHaveLength(20)
  })

  it('may all be dead: UNAVAILABLE, for a write too, since it never left', async () => {
    const { client } = openClient([await deadUrl()])
    const error = await failureOf(client.redeem({ code: 'FRIENDS05' }))
    expect(error).toMatchObject({
      code: 'UNAVAILABLE',
      message: 'the upstream could not be reached',
    })
    expect(error.message).not.toContain('127.0.0.1')
  })
})
