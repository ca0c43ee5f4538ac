import { openCouponCore } from '@coupon-gateway/core'
import { type Database, openPostgres } from '@coupon-gateway/database'
import { createTestDatabase } from '@coupon-gateway/test-postgres'
import { afterAll, afterEach, beforeAll, beforeEach, expect, inject, it, vi } from 'vitest'
import { setFirstPlan } from '../src/accounts.ts'
import { openApiKeys, revokeApiKey, storeApiKey } from '../src/api-keys.ts'
import { countAsked } from './count-asked.ts'

let database: Database
let accountId: number
beforeAll(async () => {
  database = openPostgres(await createTestDatabase(inject('postgresUrl')), { poolSize: 2 })
  const core = await openCouponCore(database)
  await openApiKeys(database)
  accountId = (await core.ensureAccount('shop', 'UTC')).id
  await setFirstPlan(database, accountId, 'personal', { minute: 7, hour: 70, day: 700 })
})
afterAll(() => database.close())
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] })
})
afterEach(() => vi.useRealTimers())

const storeKey = async (key: string) =>
  (await storeApiKey(database, key, { accountId, label: 'test', rateLimitsLifted: false })) ?? 0

it('a revoked key is refused within five seconds by a process that knew it, and is no guess', async () => {
  const keyId = await storeKey('key-one')
  const keys = await openApiKeys(database)
  const admitGuess = vi.fn(async () => {})
  const find = () => keys.findCaller('key-one', admitGuess)
  expect(await find()).toEqual({
    keyId,
    accountId,
    plan: 'personal',
    rateLimitsLifted: false,
    agreedLimits: { minute: 7, hour: 70, day: 700 },
  })
  await revokeApiKey(database, keyId)
  vi.advanceTimersByTime(4_999)
  expect(await find()).toBeDefined()
  vi.advanceTimersByTime(1)
  expect(await find()).toBeUndefined()
  expect(admitGuess).toHaveBeenCalledTimes(1)
  // From now on it is one like any other that is none.
  await find()
  expect(admitGuess).toHaveBeenCalledTimes(2)
})

it('a known key costs no query for five seconds, an unknown one costs one each time', async () => {
  await storeKey('key-two')
  const { asked, database: counted } = countAsked(database)
  const keys = await openApiKeys(counted)
  asked.times = 0
  const admitGuess = async () => {}
  for (let n = 0; n < 100; n++) await keys.findCaller('key-two', admitGuess)
  expect(asked.times).toBe(1)
  for (let n = 0; n < 3; n++) await keys.findCaller('key-none', admitGuess)
  expect(asked.times).toBe(4)
})

it('a guess that is not admitted is not looked up', async () => {
  const { asked, database: counted } = countAsked(database)
  const keys = await openApiKeys(counted)
  asked.times = 0
  const refuse = () => Promise.reject(new Error('too many'))
  await expect(keys.findCaller('key-three', refuse)).rejects.toThrow('too many')
  expect(asked.times).toBe(0)
})
