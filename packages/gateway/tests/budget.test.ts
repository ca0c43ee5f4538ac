import { RateLimitDocument, ValidateCouponDocument } from '@coupon-gateway/schema'
import type { ServiceProcess } from '@coupon-gateway/stack'
import { afterAll, beforeAll, expect, it } from 'vitest'
import {
  type Answer,
  ask,
  type Folder,
  makeFolder,
  redeem,
  send,
  startApi,
  startGateway,
  writeKeysFile,
} from './gateway-under-test.ts'

// A key for each test: the windows of a minute outlive them.
const KEYS = ['sk_one_by_one', 'sk_aliases', 'sk_list', 'sk_redeem', 'sk_bad_input', 'sk_other']
const GUESSERS = ['sk_guess', 'sk_guess_list', 'sk_guess_redeem', 'sk_guess_password']

let folder: Folder
let api: ServiceProcess
let gateway: ServiceProcess
beforeAll(async () => {
  folder = await makeFolder()
  const threeCalls = Object.fromEntries(KEYS.map((key) => [key, { callsPerMinute: 3 }]))
  const twelveCalls = Object.fromEntries(GUESSERS.map((key) => [key, { callsPerMinute: 12 }]))
  const staff = { staff_guess: { kind: 'staff', callsPerMinute: 100 } }
  api = await startApi(folder)
  gateway = await startGateway(api, {
    DEMO: 'true',
    UPSTREAM_API_KEY: 'demo_personal_key',
    GATEWAY_KEYS_FILE: await writeKeysFile(folder, { ...threeCalls, ...twelveCalls, ...staff }),
  })
})
afterAll(async () => {
  await gateway?.stop()
  await api?.stop()
  await folder.remove()
})

const validate = (key: string) =>
  ask(gateway, ValidateCouponDocument, { code: 'WELCOME10' }, { key })

/** Asserts that what failed did so because the caller's budget is spent. */
function expectRateLimited({ status, errors }: Answer<unknown>, times = 1) {
  expect(status).toBe(200)
  expect(errors).toHaveLength(times)
  for (const { extensions } of errors) {
    expect(extensions).toMatchObject({ code: 'RATE_LIMITED', scope: 'CALLER' })
    expect(extensions.retryAfterMs).toBeGreaterThan(0)
    expect(extensions.retryAfterMs).toBeLessThanOrEqual(60_000)
  }
}

it('a key with three calls a minute gets three, and rateLimit says so at any time', async () => {
  const key = 'sk_one_by_one'
  const readBudget = async () =>
    (await ask(gateway, RateLimitDocument, {}, { key })).data?.rateLimit
  expect(await readBudget()).toMatchObject({ limit: 3, cost: 0, used: 0, remaining: 3 })
  for (const _ of [1, 2, 3]) expect((await validate(key)).errors).toEqual([])
  for (const _ of [1, 2]) {
    const fourth = await validate(key)
    expectRateLimited(fourth)
    expect(fourth.data).toEqual({ validateCoupon: null })
    expect(await readBudget()).toMatchObject({ limit: 3, cost: 0, used: 3, remaining: 0 })
  }
})

it('every alias pays, and one too many leaves the answers of the others', async () => {
  const codes = ['WELCOME10', 'EXPIRED01', 'FUTURE001', 'UNKNOWN01', 'UNKNOWN02']
  const fields = codes.map((code) => `${code}: validateCoupon(code: "${code}") { valid }`)
  const answer = await send(gateway, {
    key: 'sk_aliases',
    body: { query: `{ ${fields.join(' ')} rateLimit { cost used remaining } }` },
  })
  expectRateLimited(answer, 2)
  expect(answer.data).toEqual({
    WELCOME10: { valid: true },
    EXPIRED01: { valid: false },
    FUTURE001: { valid: false },
    UNKNOWN01: null,
    UNKNOWN02: null,
    rateLimit: { cost: 3, used: 3, remaining: 0 },
  })
})

it('every code of a list pays, and one too many makes the list null', async () => {
  const answer = await send(gateway, {
    key: 'sk_list',
    body: {
      query: `{
        validateCoupons(codes: ["WELCOME10", "EXPIRED01", "FUTURE001", "UNKNOWN01"]) { valid }
        rateLimit { cost used remaining }
      }`,
    },
  })
  expectRateLimited(answer)
  expect(answer.data).toEqual({
    validateCoupons: null,
    rateLimit: { cost: 3, used: 3, remaining: 0 },
  })
})

it('a redeem pays, and one too many redeems nothing', async () => {
  const redeemWelcome = () => redeem(gateway, { code: 'WELCOME10' }, { key: 'sk_redeem' })
  for (const _ of [1, 2, 3]) expect((await redeemWelcome()).errors).toEqual([])
  const fourth = await redeemWelcome()
  expectRateLimited(fourth)
  expect(fourth.data).toEqual({ redeemCoupon: null })
  const { data } = await validate('sk_demo')
  expect(data?.validateCoupon?.coupon?.usage.used).toBe(3)
})

it('what is refused before the upstream is asked costs nothing', async () => {
  const key = 'sk_bad_input'
  await ask(gateway, ValidateCouponDocument, { code: 'x' }, { key })
  await redeem(gateway, { code: 'WELCOME10', idempotencyKey: 'x' }, { key })
  await send(gateway, { key, body: { query: '{ nothing }' } })
  const { data } = await ask(gateway, RateLimitDocument, {}, { key })
  expect(data?.rateLimit).toMatchObject({ used: 0, remaining: 3 })
})

const readBudget = async (key: string) =>
  (await ask(gateway, RateLimitDocument, {}, { key })).data?.rateLimit

it('a guess at a code cost no more than an honest question', async () => {
  const key = 'sk_guess'
  const guess = (code: string) => ask(gateway, ValidateCouponDocument, { code }, { key })
  expect((await guess('GUESS0001')).data?.validateCoupon?.reason).toBe('NOT_FOUND')
  expect(await readBudget(key)).toMatchObject({ used: 5, remaining: 7 })
  // What exists costs one call, whether it can be used or not.
  for (const code of ['WELCOME10', 'EXPIRED01']) await guess(code)
  expect(await readBudget(key)).toMatchObject({ used: 7, remaining: 5 })
  await guess('GUESS0002')
  expect(await readBudget(key)).toMatchObject({ used: 12, remaining: 0 })
  expectRateLimited(await guess('WELCOME10'))
})

it('a list of guesses is charged for each, and cost may be more than was left', async () => {
  const answer = await send(gateway, {
    key: 'sk_guess_list',
    body: {
      query: `{
        validateCoupons(codes: ["GUESS0001", "guess-0001", "GUESS0002", "GUESS0003", "WELCOME10"]) { reason }
        again: validateCoupon(code: "GUESS0003") { reason }
        rateLimit { limit cost used remaining }
      }`,
    },
  })
  expect(answer.errors).toEqual([])
  expect(answer.data.rateLimit).toEqual({ limit: 12, cost: 16, used: 12, remaining: 0 })
})

it('a guess at a code by redeeming it cost no more than a redemption', async () => {
  const key = 'sk_guess_redeem'
  const guess = await redeem(gateway, { code: 'GUESS0001' }, { key })
  expect(guess.data?.redeemCoupon?.userErrors).toMatchObject([{ code: 'NOT_FOUND' }])
  expect(await readBudget(key)).toMatchObject({ used: 5 })
  await redeem(gateway, { code: 'WELCOME10' }, { key })
  await redeem(gateway, { code: 'EXPIRED01' }, { key })
  expect(await readBudget(key)).toMatchObject({ used: 7 })
})

it('a guess at an on-site password cost no more than the right one', async () => {
  const key = 'sk_guess_password'
  const guess = (onsitePassword?: string) =>
    redeem(gateway, { code: 'INSTORE42', onsitePassword }, { key })
  expect((await guess()).data?.redeemCoupon?.userErrors).toMatchObject([
    { code: 'ONSITE_PASSWORD_REQUIRED' },
  ])
  expect(await readBudget(key)).toMatchObject({ used: 1 })
  expect((await guess('4243')).data?.redeemCoupon?.userErrors).toMatchObject([
    { code: 'ONSITE_PASSWORD_WRONG' },
  ])
  expect(await readBudget(key)).toMatchObject({ used: 6 })
})

it('a staff key’s guesses are charged for the look at the coupon too', async () => {
  const key = 'staff_guess'
  await redeem(gateway, { code: 'GUESS0001', onsitePassword: '1' }, { key })
  expect(await readBudget(key)).toMatchObject({ used: 10 })
  await redeem(gateway, { code: 'INSTORE42', onsitePassword: '4244' }, { key })
  expect(await readBudget(key)).toMatchObject({ used: 16 })
})

it('the budget of one key is not that of another', async () => {
  expect((await validate('sk_other')).errors).toEqual([])
})
