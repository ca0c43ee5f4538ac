import { RateLimitDocument, ValidateCouponDocument } from '@coupon-gateway/schema'
import type { FastifyInstance } from 'fastify'
import { print } from 'graphql'
import { afterEach, describe, expect, it } from 'vitest'
import { answerNotFound, buildGatewayOver } from './gateway-in-process.ts'

const FEW = {
  ADDRESS_CALLS_PER_MINUTE: '20',
  ADDRESS_REQUESTS_PER_MINUTE: '20',
  PREFIX_FAILURES_PER_MINUTE: '3',
}

let app: FastifyInstance
afterEach(() => app.close())
const open = async (environment: Readonly<Record<string, string>> = {}) => {
  let calls = 0
  app = await buildGatewayOver(answerNotFound, () => (calls += 1), { ...FEW, ...environment })
  return { calls: () => calls }
}

interface From {
  readonly key?: string
  readonly address?: string
  readonly forwardedFor?: string
}

async function send(query: string, variables: object, from: From = {}) {
  const { key = 'pk_demo', address = '192.0.2.1', forwardedFor } = from
  const { statusCode, headers, body } = await app.inject({
    method: 'POST',
    url: '/graphql',
    remoteAddress: address,
    headers: {
      authorization: `Bearer ${key}`,
      ...(forwardedFor === undefined ? {} : { 'x-forwarded-for': forwardedFor }),
    },
    payload: { query, variables },
  })
  const { data, errors = [] } = JSON.parse(body)
  return { status: statusCode, headers, data, code: errors[0]?.extensions.code, errors }
}
const guess = (code: string, from?: From) => send(print(ValidateCouponDocument), { code }, from)
const readBudget = async (from?: From) =>
  (await send(print(RateLimitDocument), {}, from)).data.rateLimit
const SPENT = { code: 'RATE_LIMITED', scope: 'CALLER', retryAfterMs: expect.any(Number) }

describe('an address', () => {
  it('that guesses is refused after a fifth of its calls, before the upstream is asked', async () => {
    const { calls } = await open()
    for (const index of [1, 2, 3, 4]) expect((await guess(`AAA${index}BBBB`)).code).toBe(undefined)
    const refused = await guess('AAA5BBBB')
    expect(refused).toMatchObject({ status: 200, data: { validateCoupon: null } })
    expect(refused.errors[0].extensions).toMatchObject(SPENT)
    expect(calls()).toBe(4)
    expect(await readBudget()).toMatchObject({ limit: 600, used: 20, remaining: 0 })
    // Others are not in it: another address with the same key, and a secret key at the same address.
    expect((await guess('AAA6BBBB', { address: '192.0.2.2' })).code).toBe(undefined)
    expect((await guess('AAA7BBBB', { key: 'sk_demo' })).code).toBe(undefined)
    expect(await readBudget({ address: '192.0.2.2' })).toMatchObject({ remaining: 15 })
  })

  it('of IPv6 is its network of 64 bits, which one customer has all of', async () => {
    await open()
    for (const index of [1, 2, 3, 4]) {
      await guess(`AAA${index}BBBB`, { address: `2001:db8:1:2::${index}` })
    }
    expect((await guess('AAA5BBBB', { address: '2001:db8:1:2:ffff::1' })).code).toBe('RATE_LIMITED')
    expect((await guess('AAA5BBBB', { address: '2001:db8:1:3::1' })).code).toBe(undefined)
  })

  it('is not what a header says, unless a trusted proxy says it', async () => {
    await open()
    for (const index of [1, 2, 3, 4]) {
      await guess(`AAA${index}BBBB`, { forwardedFor: `198.51.100.${index}` })
    }
    expect((await guess('AAA5BBBB', { forwardedFor: '198.51.100.5' })).code).toBe('RATE_LIMITED')
  })

  it('behind a trusted proxy is told apart from the others, and what the caller adds in front does not count', async () => {
    await open({ TRUSTED_PROXIES: '192.0.2.0/24' })
    for (const index of [1, 2, 3, 4]) {
      await guess(`AAA${index}BBBB`, { forwardedFor: `10.0.0.${index}, 198.51.100.1` })
    }
    expect((await guess('AAA5BBBB', { forwardedFor: '198.51.100.1' })).code).toBe('RATE_LIMITED')
    expect((await guess('AAA5BBBB', { forwardedFor: '198.51.100.2' })).code).toBe(undefined)
  })
})

describe('a prefix', () => {
  const bots = (index: number) => ({ address: `198.51.100.${index}` })

  it('that a botnet guesses at is refused to all who are known by no secret', async () => {
    const { calls } = await open()
    for (const index of [1, 2, 3]) await guess(`LOUI-000${index}`, bots(index))
    const refused = await guess('LOUI-0004', bots(4))
    expect(refused.errors[0].extensions).toMatchObject(SPENT)
    expect(calls()).toBe(3)
    expect((await guess('SOMMER-01', bots(4))).code).toBe(undefined)
    expect((await guess('LOUI-0004', { key: 'sk_demo' })).code).toBe(undefined)
  })

  it('is of the normal form: spelling does not help', async () => {
    await open()
    for (const [index, code] of ['loui-0001', 'L O U I 0002', 'l-o-u-i-0003'].entries()) {
      await guess(code, bots(index))
    }
    expect((await guess('LoUi 0004', bots(9))).code).toBe('RATE_LIMITED')
  })

  it('counts each code of a list, and what is left of it is refused with the list', async () => {
    await open()
    const query = 'query($codes: [String!]!) { validateCoupons(codes: $codes) { reason } }'
    const codes = [1, 2, 3].map((index) => `LOUI000${index}`)
    expect((await send(query, { codes }, bots(1))).code).toBe(undefined)
    expect(await send(query, { codes }, bots(2))).toMatchObject({
      code: 'RATE_LIMITED',
      data: { validateCoupons: null },
    })
  })
})

describe('requests', () => {
  const NOTHING = '{ nothing }'

  it('that are refused use an address up four times as fast, and then none of its bodies is read', async () => {
    await open()
    for (let sent = 0; sent < 5; sent += 1) expect((await send(NOTHING, {})).status).toBe(400)
    const refused = await send('{ rateLimit { limit } }', {})
    expect(refused).toMatchObject({ status: 429, code: 'RATE_LIMITED' })
    expect(refused.errors[0].extensions).toMatchObject(SPENT)
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0)
    expect((await send(NOTHING, {}, { address: '192.0.2.2' })).status).toBe(400)
    expect((await send(NOTHING, {}, { key: 'sk_demo' })).status).toBe(400)
  })

  it('that ask for nothing are counted too', async () => {
    await open()
    const statuses = new Map<number, number>()
    for (let sent = 0; sent < 25; sent += 1) {
      const { status } = await send('{ rateLimit { limit } }', {})
      statuses.set(status, (statuses.get(status) ?? 0) + 1)
    }
    expect([...statuses]).toEqual([
      [200, 20],
      [429, 5],
    ])
  })

  it('of who has no calls left are answered for a while, and then not read any more', async () => {
    await open({ ADDRESS_REQUESTS_PER_MINUTE: '1000000' })
    for (const index of [1, 2, 3, 4]) await guess(`AAA${index}BBBB`)
    for (let sent = 0; sent < 10; sent += 1) expect((await readBudget()).remaining).toBe(0)
    expect(await guess('AAA5BBBB')).toMatchObject({ status: 429, code: 'RATE_LIMITED' })
    expect((await guess('AAA5BBBB', { address: '192.0.2.2' })).status).toBe(200)
  })

  it('of a secret key are not counted, however many are refused', async () => {
    await open()
    for (let sent = 0; sent < 30; sent += 1) {
      expect((await send(NOTHING, {}, { key: 'sk_demo' })).status).toBe(400)
    }
  })
})

it('made-up tokens use an address up, and are not checked any more, while keys go on', async () => {
  await open()
  const token = { key: 'eyJhbGciOiJFUzI1NiJ9.e30.c2ln' }
  for (let sent = 0; sent < 20; sent += 1) {
    expect(await send('{ __typename }', {}, token)).toMatchObject({ status: 401 })
  }
  expect(await send('{ __typename }', {}, token)).toMatchObject({
    status: 429,
    code: 'RATE_LIMITED',
  })
  const elsewhere = { ...token, address: '192.0.2.2' }
  expect(await send('{ __typename }', {}, elsewhere)).toMatchObject({ status: 401 })
  expect(await send('{ __typename }', {}, { key: 'sk_demo' })).toMatchObject({ status: 200 })
})

describe('who hangs up before the refusal', () => {
  /** Sends requests whose connections are gone as soon as they have arrived, and waits until all are handled. */
  async function hangUp(count: number, key: string, listenForArrival: () => void) {
    const { promise: allHandled, resolve } = Promise.withResolvers<void>()
    let handled = 0
    app.server.on('connection', ({ remoteAddress }) => remoteAddress)
    listenForArrival()
    app.addHook('onSend', async () => {
      handled += 1
      if (handled === count) resolve()
    })
    const url = await app.listen({ host: '127.0.0.1', port: 0 })
    for (let sent = 0; sent < count; sent += 1) {
      const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' }
      const body = '{"query":"{ nothing }"}'
      await expect(fetch(`${url}/graphql`, { method: 'POST', headers, body })).rejects.toThrow()
    }
    await allHandled
  }

  it('pays for it all the same', async () => {
    await open({ ADDRESS_REQUESTS_PER_MINUTE: '20' })
    await hangUp(5, 'pk_demo', () =>
      app.addHook('preHandler', async ({ raw }) => void raw.socket.destroy?.()),
    )
    expect(await send('{ rateLimit { limit } }', {}, { address: '127.0.0.1' })).toMatchObject({
      status: 429,
    })
  })

  it('pays for the check of a made-up token too', async () => {
    await open()
    const key = 'eyJhbGciOiJFUzI1NiJ9.e30.c2ln'
    await hangUp(20, key, () =>
      app.server.prependListener('request', ({ socket }) => socket.destroy()),
    )
    expect(await send('{ __typename }', {}, { key, address: '127.0.0.1' })).toMatchObject({
      status: 429,
    })
  })
})

describe.each(['measure', 'off'])('ABUSE_BUDGETS=%s', (mode) => {
  it('refuses neither guesses nor requests', async () => {
    const { calls } = await open({ ABUSE_BUDGETS: mode })
    for (let index = 10; index < 40; index += 1) {
      expect((await guess(`LOUI00${index}`)).data.validateCoupon.reason).toBe('NOT_FOUND')
    }
    expect(calls()).toBe(30)
  })
})

it('calls that failed are over: nothing more is kept for them', async () => {
  const unavailable = { status: 503, envelope: { code: 9003, error: 'UNAVAILABLE' } }
  app = await buildGatewayOver(unavailable)
  const codes = Array.from({ length: 20 }, (_, index) => `AAAA${1000 + index}`)
  const many = 'query($codes: [String!]!) { validateCoupons(codes: $codes) { valid } }'
  for (let request = 0; request < 8; request += 1) await send(many, { codes })
  // Kept for all of them, it would be 600 by now, which is all that an address has.
  expect((await guess('AAAA2000')).code).toBe('UPSTREAM_UNAVAILABLE')
  expect(await readBudget()).toMatchObject({ used: 161 })
})
