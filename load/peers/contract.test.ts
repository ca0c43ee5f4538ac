import type { Server } from 'node:http'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createTestDatabase } from '@coupon-gateway/test-postgres'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import type { CouponStore } from './contract/coupon-store.ts'
import { peerApp } from './contract/peer-app.ts'
import { openRedisStore } from './redis/redis-store.ts'
import { type RedisServer, startRedis } from './redis/start-redis.ts'
import { openTextbookStore } from './textbook/textbook-store.ts'

const API_KEY = 'peer-key'

describe.each(['textbook', 'redis'] as const)('the peer %s', (name) => {
  let redis: RedisServer | undefined
  let store: CouponStore
  let server: Server
  let base: string

  beforeAll(async () => {
    const databaseUrl = await createTestDatabase(inject('postgresUrl'))
    if (name === 'redis') redis = await startRedis('rdb')
    store = redis
      ? await openRedisStore(databaseUrl, redis.url)
      : await openTextbookStore(databaseUrl)
    server = createServer(peerApp(store, API_KEY)).listen(0, '127.0.0.1')
    await new Promise((resolve) => server.once('listening', resolve))
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/coupon/v1`
  })

  afterAll(async () => {
    server.close()
    server.closeAllConnections()
    await store.close()
    await redis?.stop()
  })

  async function call(
    method: string,
    path: string,
    body?: object,
    headers: Record<string, string> = {},
  ) {
    const response = await fetch(base + path, {
      method,
      headers: {
        Authorization: `APIKey ${API_KEY}`,
        'Content-Type': 'application/json',
        ...headers,
      },
      ...(body && { body: JSON.stringify(body) }),
    })
    const answer = await response.json()
    return {
      status: response.status,
      replayed: response.headers.get('Idempotency-Replayed') === 'true',
      ...(answer as {
        code: number
        error?: string
        // biome-ignore lint/suspicious/noExplicitAny: each call has its own result
        result: any
      }),
    }
  }
  const create = async (useLimit: number): Promise<string> =>
    (await call('POST', '/create', { nm: 'ten off', discTypeIdx: 457, disc: 10, useLimit })).result
  const redeem = (cpnNo: string, userId: string, key = `key-${cpnNo}-${userId}`) =>
    call(
      'POST',
      '/redeem',
      { cpnNo, userId },
      { 'Idempotency-Key': key, Prefer: 'return=representation' },
    )
  /** The peer with Redis writes its log later. */
  const log = async (cpnNo: string, rows: number) => {
    const { result } = await expect
      .poll(() => call('GET', `/redemptions?cpnNo=${cpnNo}`), { timeout: 10_000 })
      .toSatisfy(({ result }) => result.redemptions.length >= rows)
      .then(() => call('GET', `/redemptions?cpnNo=${cpnNo}`))
    return result.redemptions as Record<string, unknown>[]
  }

  it('grants as many as the limit to many at once, and tells the rest EXHAUSTED', async () => {
    const code = await create(7)
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, user) => redeem(code, `user-${user}`)),
    )
    const granted = answers.filter(({ code }) => code === 0)
    expect(granted.map(({ result }) => result.ordinal).sort()).toEqual([1, 2, 3, 4, 5, 6, 7])
    expect(answers.filter(({ error }) => error === 'EXHAUSTED')).toHaveLength(33)
    const rows = await log(code, 7)
    expect(rows.map(({ redemptionId }) => redemptionId).sort()).toEqual(
      granted.map(({ result }) => result.redemptionId).sort(),
    )
  })

  it('answers a key that comes again, also at once, with the first answer, and counts it once', async () => {
    const code = await create(5)
    const answers = await Promise.all([1, 2, 3].map(() => redeem(code, 'anna', `again-${code}`)))
    expect(new Set(answers.map(({ result }) => result.redemptionId)).size).toBe(1)
    expect(answers.filter(({ replayed }) => replayed)).toHaveLength(2)
    expect(await log(code, 1)).toHaveLength(1)
    const other = await redeem(code, 'bert', `again-${code}`)
    expect(other).toMatchObject({ status: 422, error: 'IDEMPOTENCY_KEY_REUSED' })
  })

  it('lets a user redeem once, also under many keys at once', async () => {
    const code = await create(5)
    const answers = await Promise.all([1, 2, 3].map((n) => redeem(code, 'anna', `${code}-${n}`)))
    expect(answers.map(({ error }) => error).sort()).toEqual([
      'ALREADY_REDEEMED_BY_USER',
      'ALREADY_REDEEMED_BY_USER',
      undefined,
    ])
  })

  it('gives a unit back once, and to its user, too', async () => {
    const code = await create(2)
    const { result } = await redeem(code, 'anna')
    const giveBack = (key: string) =>
      call(
        'POST',
        '/rollback',
        { redemptionId: result.redemptionId, reason: 'cancelled' },
        { 'Idempotency-Key': key },
      )
    expect((await giveBack(`${code}-back`)).result).toMatchObject({
      status: 'ROLLED_BACK',
      rollbackReason: 'cancelled',
      cpnNo: code,
      userId: 'anna',
    })
    expect(await giveBack(`${code}-back`)).toMatchObject({ code: 0, replayed: true })
    expect((await giveBack(`${code}-other`)).error).toBe('ALREADY_ROLLED_BACK')
    expect((await redeem(code, 'anna', `${code}-new`)).result).toMatchObject({ useCnt: 1 })
    expect((await log(code, 2)).map(({ ordinal }) => ordinal)).toEqual([2, 1])
  })

  it('validates for everybody and for a user, and knows what was deleted', async () => {
    const code = await create(2)
    const validate = (query = '') => call('GET', `/validate?cpnNo=${code}${query}`)
    expect((await validate()).result).toMatchObject({ cpnNo: code, useLimit: 2, useCnt: 0 })
    await redeem(code, 'anna')
    await log(code, 1)
    expect((await validate('&userId=anna')).error).toBe('ALREADY_REDEEMED_BY_USER')
    await redeem(code, 'bert')
    expect((await validate()).error).toBe('EXHAUSTED')
    await log(code, 2)
    await call('DELETE', `/delete?cpnNo=${code}`)
    expect((await validate()).error).toBe('NOT_FOUND')
    expect((await redeem(code, 'carla')).error).toBe('NOT_FOUND')
  })

  it('says what is wrong with a call', async () => {
    expect(await call('POST', '/redeem', { cpnNo: 'short' })).toMatchObject({
      status: 400,
      error: 'INVALID_INPUT',
      result: [{ field: 'cpnNo' }],
    })
    expect((await call('POST', '/redeem', { cpnNo: await create(2) })).error).toBe(
      'USER_ID_REQUIRED',
    )
    expect(await call('GET', '/nothing')).toMatchObject({ status: 404, error: 'ROUTE_NOT_FOUND' })
    const stranger = await fetch(`${base}/validate?cpnNo=WELCOME10`)
    expect(stranger.status).toBe(401)
  })
})
