import { openPostgres } from '@coupon-gateway/database'
import { createTestDatabase } from '@coupon-gateway/test-postgres'
import { describe, expect, inject, it, onTestFinished } from 'vitest'
import type { BudgetSource } from '../src/index.ts'
import { failureOf, numberedCode, openClient, openUpstream } from './client-under-test.ts'
import { answer, done, held, problem, WIRE_COUPON } from './misbehaving-upstream.ts'

const usable = done(WIRE_COUPON)
const TEN_A_MINUTE = { perMinute: 10, perHour: 100, perDay: null }

describe('a client with rate limits', () => {
  it('sends as many calls as they allow, and fails the next at once with the time to wait', async () => {
    const upstream = await openUpstream(usable)
    const { client, clock } = openClient([upstream.url], { rateLimits: TEN_A_MINUTE })
    for (let n = 0; n < 10; n += 1) await client.redeem({ code: numberedCode(n) })
    const failure = await failureOf(client.redeem({ code: numberedCode(10) }))
    expect(failure).toMatchObject({ code: 'RATE_LIMITED', retryAfterMs: expect.any(Number) })
    const { retryAfterMs = 0 } = failure as { retryAfterMs?: number }
    expect(retryAfterMs).toBeGreaterThan(12_000)
    expect(retryAfterMs).toBeLessThanOrEqual(61_000)
    expect(upstream.received).toHaveLength(10)
    clock.advance(retryAfterMs + 1_000)
    expect(await client.redeem({ code: numberedCode(11) })).toMatchObject({ outcome: 'redeemed' })
  })

  it('says how much is used', async () => {
    const upstream = await openUpstream(usable)
    const { client } = openClient([upstream.url], { rateLimits: TEN_A_MINUTE })
    for (let n = 0; n < 3; n += 1) await client.validate({ code: numberedCode(n) })
    expect(await client.rateBudget()).toMatchObject({
      source: 'local',
      pausedForMs: 0,
      windows: [
        { window: 'minute', limit: 10, used: 3, remaining: 7 },
        { window: 'hour', limit: 100, used: 3, remaining: 97 },
      ],
    })
  })

  it('believes no reset past the end of the window, whatever unit it is in', async () => {
    const upstream = await openUpstream((response, request) => {
      response.setHeader('x-ratelimit-limit', '10')
      response.setHeader('x-ratelimit-remaining', '2')
      response.setHeader('x-ratelimit-reset', String(Date.UTC(2026, 0, 1)))
      usable(response, request)
    })
    const { client, clock } = openClient([upstream.url], { rateLimits: TEN_A_MINUTE })
    await client.validate({ code: numberedCode(1) })
    clock.advance(1_001)
    expect((await client.rateBudget()).windows[0]).toMatchObject({ remaining: 2 })
    clock.advance(62_000)
    expect((await client.rateBudget()).windows[0]).toMatchObject({ remaining: 10 })
  })

  it('pays for each attempt, and not for one that never left', async () => {
    const upstream = await openUpstream(answer(502, 'no'), usable)
    const { client } = openClient([upstream.url, 'http://127.0.0.1:9'], {
      rateLimits: TEN_A_MINUTE,
    })
    await client.validate({ code: numberedCode(1) })
    expect((await client.rateBudget()).windows[0]).toMatchObject({
      used: upstream.received.length,
    })
  })

  it('lets a redeem go before validates that came earlier, and not all of them', async () => {
    const gate = held(usable)
    const upstream = await openUpstream(gate.behaviour)
    const { client } = openClient([upstream.url], { concurrency: 1 })
    const first = client.validate({ code: numberedCode(0) })
    await upstream.whenReceived(1)
    const reads = [1, 2].map((n) => client.validate({ code: numberedCode(n) }))
    const writes = Array.from({ length: 12 }, (_, n) => client.redeem({ code: numberedCode(n) }))
    gate.release()
    await Promise.all([first, ...reads, ...writes])
    const order = upstream.received.map(({ method }) => (method === 'GET' ? 'r' : 'w')).join('')
    expect(order).toBe('rwwwwwwwwwrwwwr')
  })

  it('is shared by all clients of a key over one database, and by no other key', async () => {
    const database = openPostgres(await createTestDatabase(inject('postgresUrl')))
    const upstream = await openUpstream(usable)
    const options = { rateLimits: TEN_A_MINUTE, database }
    const clients = [1, 2, 3].map(() => openClient([upstream.url], options).client)
    const other = openClient([upstream.url], { ...options, apiKey: 'another' }).client
    onTestFinished(async () => {
      await Promise.all([...clients, other].map((client) => client.close()))
      await database.close()
    })
    const ends = await Promise.all(
      Array.from({ length: 30 }, (_, n) =>
        clients[n % 3]?.redeem({ code: numberedCode(n) }).then(
          () => 'sent',
          (error) => error.code as string,
        ),
      ),
    )
    expect(ends.filter((end) => end === 'sent')).toHaveLength(10)
    expect(new Set(ends)).toEqual(new Set(['sent', 'RATE_LIMITED']))
    await other.redeem({ code: numberedCode(1) })
    expect(upstream.received).toHaveLength(11)
  })
})

describe('a 429', () => {
  it('stops every call of the key for as long as Retry-After says', async () => {
    const upstream = await openUpstream(
      problem(429, 3004, 'RATE_LIMITED', { 'retry-after': '60' }),
      usable,
    )
    const pauses: number[] = []
    const { client, clock } = openClient([upstream.url], {
      hooks: { onBudgetPause: ({ durationMs }) => void pauses.push(durationMs) },
    })
    for (let n = 0; n < 3; n += 1) {
      const call = client.validate({ code: numberedCode(n) })
      expect(await failureOf(call)).toMatchObject({ code: 'RATE_LIMITED', retryAfterMs: 60_000 })
    }
    expect(upstream.received).toHaveLength(1)
    expect(pauses).toEqual([60_000])
    clock.advance(60_000)
    expect(await client.validate({ code: numberedCode(4) })).toMatchObject({ outcome: 'usable' })
  })
})

describe('hooks', () => {
  it('tell of attempts and retries, and may throw', async () => {
    const upstream = await openUpstream(answer(502, 'no'), usable)
    const told: string[] = []
    const { client } = openClient([upstream.url], {
      hooks: {
        onAttemptStart: ({ call, attempt }) => void told.push(`${call.operation} ${attempt}`),
        onAttemptEnd: ({ outcome, status }) => void told.push(`${outcome} ${status}`),
        onRetry({ after }) {
          told.push(`retry after ${after}`)
          throw new Error('a metric failed')
        },
      },
    })
    await client.validate({ code: 'FRIENDS05' })
    expect(told).toEqual([
      'validate 1',
      'transient 502',
      'retry after transient',
      'validate 2',
      'answered 200',
    ])
  })

  it('may fail later, which fails neither the call nor the process', async () => {
    const upstream = await openUpstream(usable)
    const failed = new Error('a metric failed')
    const { client } = openClient([upstream.url], {
      hooks: { onAttemptEnd: () => Promise.reject(failed) },
    })
    const unhandled: unknown[] = []
    const note = (reason: unknown) => void unhandled.push(reason)
    process.on('unhandledRejection', note)
    onTestFinished(() => void process.off('unhandledRejection', note))
    expect(await client.validate({ code: 'FRIENDS05' })).toMatchObject({ outcome: 'usable' })
    // Node tells of it when the microtasks are through.
    await new Promise((resolve) => setImmediate(resolve))
    expect(unhandled).toEqual([])
  })

  it('tell that the store of the budget is gone', async () => {
    const upstream = await openUpstream(usable)
    const sources: BudgetSource[] = []
    const database = openPostgres('postgres://127.0.0.1:9/nothing')
    onTestFinished(() => database.close())
    const { client, clock } = openClient([upstream.url], {
      rateLimits: TEN_A_MINUTE,
      database,
      hooks: { onBudgetSource: ({ source }) => void sources.push(source) },
    })
    const failure = failureOf(client.validate({ code: 'FRIENDS05' }, { deadlineMs: 8_000 }))
    await expect
      .poll(() => {
        clock.advance(500)
        return sources
      })
      .toEqual(['none'])
    clock.advance(8_000)
    expect(await failure).toMatchObject({ code: 'RATE_LIMITED' })
    expect(upstream.received).toHaveLength(0)
  })
})
