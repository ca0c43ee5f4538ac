import { randomUUID } from 'node:crypto'
import {
  RateLimitDocument,
  type RedeemCouponInput,
  ValidateCouponDocument,
  type ValidateCouponQueryVariables,
  ValidateCouponsDocument,
} from '@coupon-gateway/schema'
import type { ServiceProcess } from '@coupon-gateway/stack'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as underTest from './gateway-under-test.ts'
import { ask, createCoupon, type Folder, makeFolder, send, startApi } from './gateway-under-test.ts'

let data: Folder
let api: ServiceProcess
let gateway: ServiceProcess
beforeAll(async () => {
  data = await makeFolder()
  api = await startApi(data)
  gateway = await underTest.startGateway(api)
})
afterAll(async () => {
  await gateway?.stop()
  await api?.stop()
  await data.remove()
})

async function validate(variables: ValidateCouponQueryVariables, key = 'sk_demo') {
  const { errors, data: answer } = await ask(gateway, ValidateCouponDocument, variables, { key })
  expect(errors).toEqual([])
  return answer?.validateCoupon
}

async function redeem(input: Partial<RedeemCouponInput> & { code: string }, key = 'sk_demo') {
  const { status, errors, data: answer } = await underTest.redeem(gateway, input, { key })
  expect([status, errors]).toEqual([200, []])
  return answer?.redeemCoupon
}

/** The payload of a refusal. */
const refused = (code: string, field: string, message: unknown = expect.any(String)) => ({
  redemption: null,
  replayed: false,
  userErrors: [{ code, field: ['input', field], message }],
})

describe('a coupon for one single use', () => {
  const first = {
    code: 'single-use 1',
    userId: 'ada',
    memo: 'order 17',
    idempotencyKey: randomUUID(),
  }
  let payload: Awaited<ReturnType<typeof redeem>>
  beforeAll(async () => {
    payload = await redeem(first)
  })

  it('is redeemed once, and the answer is the redemption', () => {
    expect(payload).toEqual({
      redemption: {
        ...first,
        id: expect.stringMatching(/./),
        code: 'SINGLEUSE1',
        status: 'REDEEMED',
        ordinal: 1,
        redeemedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
        expiresAt: null,
        rolledBackAt: null,
        rollbackReason: null,
      },
      replayed: false,
      userErrors: [],
    })
  })

  it('is used up for every other key', async () => {
    expect(await redeem({ code: 'SINGLEUSE1' })).toEqual(refused('EXHAUSTED', 'code'))
    expect(await validate({ code: 'SINGLEUSE1' })).toMatchObject({
      valid: false,
      reason: 'EXHAUSTED',
      coupon: { usage: { limit: 1, used: 1, remaining: 0 } },
    })
  })

  it('answers the first key again with the same redemption, as a replay', async () => {
    expect(await redeem({ ...first, code: 'SINGLEUSE1' })).toEqual({ ...payload, replayed: true })
  })

  it.each([{ userId: 'bob' }, { memo: 'order 18' }, { code: 'WELCOME10' }])(
    'refuses the first key with another request: %o',
    async (other) => {
      expect(await redeem({ ...first, ...other })).toEqual(
        refused('IDEMPOTENCY_KEY_PARAMETER_MISMATCH', 'idempotencyKey'),
      )
    },
  )
})

describe('a coupon for five users', () => {
  it('needs to know the user, to validate and to redeem', async () => {
    expect(await validate({ code: 'FRIENDS05' })).toMatchObject({
      valid: false,
      reason: 'USER_ID_REQUIRED',
      coupon: {
        requiresUserId: true,
        userLimit: 1,
        discount: { __typename: 'AmountDiscount', amount: { amount: '5', currency: 'USD' } },
        usage: { limit: 5, used: 0, remaining: 5 },
      },
    })
    expect(await redeem({ code: 'FRIENDS05' })).toEqual(refused('USER_ID_REQUIRED', 'userId'))
  })

  it('is redeemed once by a user, and still by others', async () => {
    expect(await redeem({ code: 'FRIENDS05', userId: 'ada' })).toMatchObject({ userErrors: [] })
    expect(await redeem({ code: 'FRIENDS05', userId: 'ada' })).toEqual(
      refused('ALREADY_REDEEMED_BY_USER', 'userId'),
    )
    expect(await validate({ code: 'FRIENDS05', userId: 'ada' })).toMatchObject({
      valid: false,
      reason: 'ALREADY_REDEEMED_BY_USER',
      coupon: { usage: { used: 1, remaining: 4 } },
    })
    expect(await validate({ code: 'FRIENDS05', userId: 'bob' })).toMatchObject({ valid: true })
  })

  it('is used up after five', async () => {
    const code = await createCoupon(api, { useLimit: 5 })
    const payloads = await Promise.all(
      Array.from({ length: 8 }, (_, user) => redeem({ code, userId: `user-${user}` })),
    )
    const ordinals = payloads.flatMap((it) => it?.redemption?.ordinal ?? [])
    expect(ordinals.sort()).toEqual([1, 2, 3, 4, 5])
    expect(payloads.flatMap((it) => it?.userErrors ?? []).map((it) => it.code)).toEqual(
      Array(3).fill('EXHAUSTED'),
    )
  })
})

describe('a coupon for the shop', () => {
  it('says that it needs a password, and never which', async () => {
    const code = await createCoupon(api, { useLimit: 1, onsiteYn: 'Y', onsitePwd: 'se-cret' })
    const { text } = await ask(gateway, ValidateCouponDocument, { code })
    expect(text).toContain('"requiresOnsitePassword":true')
    expect(text).not.toContain('se-cret')
  })

  it('is redeemed with the right password only', async () => {
    const withPassword = (onsitePassword: string) => redeem({ code: 'INSTORE42', onsitePassword })
    expect(await redeem({ code: 'INSTORE42' })).toEqual(
      refused('ONSITE_PASSWORD_REQUIRED', 'onsitePassword'),
    )
    expect(await withPassword('4243')).toEqual(refused('ONSITE_PASSWORD_WRONG', 'onsitePassword'))
    expect(await withPassword('4242')).toMatchObject({ userErrors: [], redemption: { ordinal: 1 } })
  })

  it('is redeemed with a staff key, which pays for looking at it too', async () => {
    const code = await createCoupon(api, { useLimit: 1, onsiteYn: 'Y', onsitePwd: '1234' })
    const used = async () =>
      (await ask(gateway, RateLimitDocument, {}, { key: 'staff_demo' })).data?.rateLimit.used
    const before = (await used()) ?? 0
    expect(await redeem({ code, onsitePassword: '1234' }, 'staff_demo')).toMatchObject({
      userErrors: [],
    })
    expect(await used()).toBe(before + 2)
  })

  it('takes no password for a while after five wrong ones, and says for how long', async () => {
    const code = await createCoupon(api, { useLimit: 1, onsiteYn: 'Y', onsitePwd: '1234' })
    for (let tries = 0; tries < 5; tries += 1) await redeem({ code, onsitePassword: '0' })
    expect(await redeem({ code, onsitePassword: '1234' })).toEqual(
      refused('TOO_MANY_ATTEMPTS', 'onsitePassword', expect.stringMatching(/another \d+ seconds/)),
    )
  })
})

describe('a coupon that cannot be used', () => {
  it.each([
    ['EXPIRED01', 'EXPIRED', { code: 'EXPIRED01', endsOn: '2020-12-31' }],
    ['FUTURE001', 'NOT_STARTED', { code: 'FUTURE001', startsOn: '2999-01-01' }],
    ['UNKNOWN01', 'NOT_FOUND', null],
  ])('%s is answered with %s and what there is to show', async (code, reason, coupon) => {
    expect(await validate({ code })).toEqual({
      code,
      valid: false,
      reason,
      coupon: coupon === null ? null : expect.objectContaining(coupon),
      validatedAt: expect.any(String),
    })
    expect(await redeem({ code })).toEqual(refused(reason, 'code'))
  })
})

describe('validateCoupons', () => {
  const WITH_COST = `query ($codes: [String!]!) {
    validateCoupons(codes: $codes) { code valid reason }
    rateLimit { limit cost used remaining }
  }`

  it('answers in the order asked, each code that was given twice also twice', async () => {
    const codes = ['UNKNOWN01', 'welcome-10', 'EXPIRED01', 'UNKNOWN01', 'WELCOME10']
    const { data: answer } = await ask(gateway, ValidateCouponsDocument, { codes })
    expect(answer?.validateCoupons?.map(({ code, reason }) => [code, reason])).toEqual([
      ['UNKNOWN01', 'NOT_FOUND'],
      ['WELCOME10', null],
      ['EXPIRED01', 'EXPIRED'],
      ['UNKNOWN01', 'NOT_FOUND'],
      ['WELCOME10', null],
    ])
  })

  it('asks about a code once, however it is spelled', async () => {
    const codes = ['WELCOME10', 'welcome10', ' Welcome 10 ', 'WEL-COME-10']
    const { data: answer } = await send(gateway, {
      body: { query: WITH_COST, variables: { codes } },
    })
    const welcome = { code: 'WELCOME10', valid: true, reason: null }
    expect(answer).toMatchObject({
      validateCoupons: Array(4).fill(welcome),
      rateLimit: { cost: 1 },
    })
  })

  it('answers an empty list with an empty list, at no cost', async () => {
    const { data: answer } = await send(gateway, {
      body: { query: WITH_COST, variables: { codes: [] } },
    })
    expect(answer).toMatchObject({ validateCoupons: [], rateLimit: { cost: 0 } })
  })

  it('takes twenty codes', async () => {
    const codes = Array.from({ length: 20 }, (_, index) => `UNKNOWN${index + 10}`)
    const { data: answer } = await send(gateway, {
      body: { query: WITH_COST, variables: { codes } },
    })
    expect(answer.validateCoupons.map((it: { code: string }) => it.code)).toEqual(codes)
    // Each is a guess that failed.
    expect(answer.rateLimit.cost).toBe(20 * 5)
  })
})

it('the numbers of rateLimit add up, wherever it stands in the document', async () => {
  const { data: answer } = await send(gateway, {
    key: 'pk_demo',
    body: {
      query: `{
        first: rateLimit { ...numbers }
        a: validateCoupon(code: "WELCOME10") { valid }
        b: validateCoupon(code: "welcome-10") { valid }
        c: validateCoupon(code: "EXPIRED01") { valid }
        d: validateCoupon(code: "WELCOME10", userId: "ada") { valid }
        last: rateLimit { ...numbers }
      }
      fragment numbers on RateLimit { limit cost used remaining resetAt }`,
    },
  })
  expect(answer.first).toMatchObject({ limit: 600, cost: 3, used: 3, remaining: 597 })
  expect(answer.last).toEqual({ ...answer.first, resetAt: expect.any(String) })
  expect(Date.parse(answer.last.resetAt)).toBeGreaterThan(Date.now())

  const { data: alone } = await ask(gateway, RateLimitDocument, {}, { key: 'pk_demo' })
  expect(alone?.rateLimit).toMatchObject({ limit: 600, cost: 0, used: 3, remaining: 597 })
})
