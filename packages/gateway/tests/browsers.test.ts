import { documentIdOf, RateLimitDocument } from '@coupon-gateway/schema'
import { canRunChromium, launchChromium } from '@coupon-gateway/test-chromium'
import Fastify, { type FastifyInstance, type LightMyRequestResponse } from 'fastify'
import type { FormattedExecutionResult } from 'graphql'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildGatewayOver } from './gateway-in-process.ts'
import { type Folder, makeFolder, writeKeysFile } from './gateway-under-test.ts'
import { signToken, startTokenIssuer, type TokenIssuer } from './token-issuer.ts'

const SHOP = 'https://shop.example'
const TILL = 'https://till.example'
const APP = 'capacitor://localhost'
const EVIL = 'https://evil.example'
const NOT_FOUND = { status: 200, envelope: { code: 1001, error: 'NOT_FOUND' } }
const QUERY = '{ validateCoupon(code: "GUESS1000") { reason } }'
const PREFLIGHT_OF_CLIENT = {
  'access-control-request-method': 'POST',
  'access-control-request-headers': 'authorization,content-type',
}

let folder: Folder
let issuer: TokenIssuer
let token: string
let upstreamCalls = 0
beforeAll(async () => {
  folder = await makeFolder()
  issuer = await startTokenIssuer()
  token = await signToken(issuer.key)
})
afterAll(async () => {
  issuer?.close()
  await folder?.remove()
})

async function open(keys: Readonly<Record<string, object>>, environment = {}) {
  return buildGatewayOver(NOT_FOUND, () => (upstreamCalls += 1), {
    DEMO: 'false',
    UPSTREAM_API_KEY: 'hunter2',
    GATEWAY_KEYS_FILE: await writeKeysFile(folder, keys),
    ...environment,
  })
}

const publishable = { kind: 'publishable', scopes: ['coupon:validate'] }
const staff = { kind: 'staff' }
const errorOf = (answer: LightMyRequestResponse) => answer.json().errors[0]
const codeOf = (answer: LightMyRequestResponse) => errorOf(answer).extensions.code

describe('a gateway whose keys list their origins', () => {
  let gateway: FastifyInstance
  beforeAll(async () => {
    gateway = await open(
      {
        pk_shop: { ...publishable, origins: [SHOP, APP] },
        staff_till: { ...staff, origins: [TILL] },
        sk_server: {},
      },
      { ...issuer.environment, JWT_ORIGINS: 'https://account.example' },
    )
  })
  afterAll(() => gateway?.close())

  const post = (key: string | null, headers: Record<string, string> = {}, payload: object = {}) =>
    gateway.inject({
      method: 'POST',
      url: '/graphql',
      headers: { ...(key === null ? {} : { authorization: `Bearer ${key}` }), ...headers },
      payload: { query: QUERY, ...payload },
    })
  const preflight = (origin: string, headers = PREFLIGHT_OF_CLIENT) =>
    gateway.inject({ method: 'OPTIONS', url: '/graphql', headers: { origin, ...headers } })

  it.each([
    ['pk_shop', SHOP],
    ['pk_shop', APP],
    ['staff_till', TILL],
    ['token', 'https://account.example'],
  ])('answers the page with %s at %s, which may read the answer', async (key, origin) => {
    const answer = await post(key === 'token' ? token : key, { origin })
    expect(answer.json()).toEqual({ data: { validateCoupon: { reason: 'NOT_FOUND' } } })
    expect(answer.headers).toMatchObject({
      'access-control-allow-origin': origin,
      'access-control-expose-headers': 'Retry-After, WWW-Authenticate, X-Request-Id',
      vary: 'Origin',
    })
  })

  it.each([
    ['pk_shop', TILL, 'This publishable key may not'],
    ['pk_shop', `${SHOP}:8443`, 'This publishable key may not'],
    ['pk_shop', 'http://shop.example', 'This publishable key may not'],
    ['pk_shop', 'https://shop.example.evil.example', 'This publishable key may not'],
    ['pk_shop', 'null', 'This publishable key may not'],
    ['pk_shop', '', 'This publishable key may not'],
    ['staff_till', SHOP, 'This staff key may not'],
    ['token', SHOP, 'This token may not'],
    ['sk_server', SHOP, 'A secret key is for servers'],
    ['sk_server', EVIL, 'A secret key is for servers'],
  ])('refuses the page with %s at %j, and says why', async (key, origin, words) => {
    const before = upstreamCalls
    const answer = await post(key === 'token' ? token : key, { origin })
    expect([answer.statusCode, codeOf(answer)]).toEqual([403, 'FORBIDDEN'])
    expect(errorOf(answer).message).toContain(words)
    if (key !== 'sk_server') expect(errorOf(answer).message).toContain(JSON.stringify(origin))
    expect(upstreamCalls).toBe(before)
  })

  it('tells only pages of its origins anything', async () => {
    for (const [origin, shared] of [
      [SHOP, SHOP],
      [TILL, TILL],
      [EVIL, undefined],
      ['null', undefined],
    ] as const) {
      for (const key of ['pk_shop', 'nobody', null]) {
        const { headers } = await post(key, { origin })
        expect([origin, headers['access-control-allow-origin']]).toEqual([origin, shared])
        expect(headers.vary).toBe('Origin')
      }
    }
  })

  it('repeats no more than the beginning of a long origin', async () => {
    const answer = await post('pk_shop', { origin: `https://${'a'.repeat(5_000)}.example` })
    expect(errorOf(answer).message.length).toBeLessThan(300)
  })

  it('answers who is no page, whatever the origins of the key', async () => {
    for (const key of ['pk_shop', 'staff_till', 'sk_server', token]) {
      const answer = await post(key)
      expect(answer.json()).toEqual({ data: { validateCoupon: { reason: 'NOT_FOUND' } } })
      expect(answer.headers).not.toHaveProperty('access-control-allow-origin')
      expect(answer.headers.vary).toBe('Origin')
    }
  })

  it('answers a secret key in its own playground', async () => {
    const own = { origin: 'http://127.0.0.1:4000', host: '127.0.0.1:4000' }
    expect((await post('sk_server', own)).statusCode).toBe(200)
    const other = { origin: 'http://127.0.0.1:4001', host: '127.0.0.1:4000' }
    expect((await post('sk_server', other)).statusCode).toBe(403)
  })

  it.each<[what: string, headers: Record<string, string>, payload: object, status: number]>([
    ['without a key', {}, {}, 401],
    ['with a body too large', { authorization: 'Bearer pk_shop' }, { x: 'x'.repeat(40_000) }, 413],
    ['that is no JSON', { authorization: 'Bearer pk_shop', 'content-type': 'text/plain' }, {}, 415],
    ['that does not parse', { authorization: 'Bearer pk_shop' }, { query: '{' }, 400],
  ])('lets a page read the refusal of a request %s', async (_what, headers, payload, status) => {
    const answer = await post(null, { origin: SHOP, ...headers }, payload)
    expect(answer.statusCode).toBe(status)
    expect(errorOf(answer).extensions).toHaveProperty('code')
    expect(answer.headers).toMatchObject({ 'access-control-allow-origin': SHOP, vary: 'Origin' })
  })

  it.each([SHOP, APP, TILL, 'https://account.example'])('lets pages of %s ask', async (origin) => {
    const answer = await preflight(origin)
    expect([answer.statusCode, answer.body]).toEqual([204, ''])
    expect(answer.headers).toMatchObject({
      'access-control-allow-origin': origin,
      'access-control-allow-methods': 'POST',
      'access-control-max-age': '7200',
      vary: 'Origin, Access-Control-Request-Method, Access-Control-Request-Headers',
    })
    const allowed = String(answer.headers['access-control-allow-headers']).toLowerCase().split(', ')
    expect(allowed).toEqual(expect.arrayContaining(['authorization', 'content-type']))
  })

  it('lets no other page ask, and tells its developer why', async () => {
    for (const origin of [EVIL, 'null', 'http://shop.example', `${SHOP}/`]) {
      const answer = await preflight(origin)
      expect([answer.statusCode, codeOf(answer)]).toEqual([403, 'FORBIDDEN'])
      expect(errorOf(answer).message).toContain('origin')
      expect(Object.keys(answer.headers).join()).not.toContain('access-control')
      expect(answer.headers.vary).toContain('Origin')
    }
  })

  it('answers a page that asks by GET as well', async () => {
    const id = documentIdOf(RateLimitDocument)
    const answer = await gateway.inject({
      url: `/graphql?documentId=${encodeURIComponent(id)}`,
      headers: { authorization: 'Bearer pk_shop', origin: SHOP },
    })
    expect(answer.json()).toMatchObject({ data: { rateLimit: { limit: 1_000 } } })
    expect(answer.headers).toMatchObject({ 'access-control-allow-origin': SHOP, vary: 'Origin' })
  })

  it('takes OPTIONS that is no preflight for a method that is not allowed', async () => {
    for (const headers of [{}, { origin: SHOP }, { 'access-control-request-method': 'POST' }]) {
      const answer = await gateway.inject({ method: 'OPTIONS', url: '/graphql', headers })
      expect([answer.statusCode, codeOf(answer)]).toEqual([405, 'METHOD_NOT_ALLOWED'])
      expect(answer.headers.allow).toBe('POST')
    }
  })

  it('allows nothing with credentials, and nothing by a wildcard', async () => {
    const answers = [await post('pk_shop', { origin: SHOP }), await preflight(SHOP)]
    for (const { headers } of answers) {
      expect(headers).not.toHaveProperty('access-control-allow-credentials')
      expect(Object.values(headers)).not.toContain('*')
    }
  })
})

describe('a key or a token without origins', () => {
  it('is for the pages of any', async () => {
    const gateway = await open({ pk_any: publishable, staff_any: staff }, issuer.environment)
    for (const key of ['pk_any', 'staff_any', token]) {
      for (const origin of [EVIL, 'null']) {
        const answer = await gateway.inject({
          method: 'POST',
          url: '/graphql',
          headers: { authorization: `Bearer ${key}`, origin },
          payload: { query: QUERY },
        })
        expect(answer.statusCode).toBe(200)
        expect(answer.headers).toMatchObject({ 'access-control-allow-origin': origin })
      }
    }
    await gateway.close()
  })

  it('that is secret opens the gateway to no page', async () => {
    const gateway = await open({ sk_server: {} })
    const answer = await gateway.inject({
      method: 'OPTIONS',
      url: '/graphql',
      headers: { origin: SHOP, ...PREFLIGHT_OF_CLIENT },
    })
    expect(answer.statusCode).toBe(403)
    await gateway.close()
  })
})

it.skipIf(!canRunChromium)(
  'a real browser lets pages of an origin use its key, and read why it may not use another (skipped where there is no Chromium)',
  async () => {
    const site = Fastify()
    site.get('/', (_request, reply) => reply.type('text/html').send('<title>A shop</title>'))
    const origin = await site.listen({ port: 0, host: '127.0.0.1' })
    // Another host by its name is another origin.
    const elsewhere = origin.replace('127.0.0.1', 'localhost')
    const gateway = await open({
      pk_site: { ...publishable, origins: [origin] },
      pk_other: { ...publishable, origins: ['https://other.example'] },
      sk_server: {},
    })
    const url = `${await gateway.listen({ port: 0, host: '127.0.0.1' })}/graphql`
    const browser = await launchChromium()
    const page = await browser.newPage()
    const askAs = (key: string) =>
      page.evaluate(
        async ([url, key, query]) => {
          const headers = {
            authorization: `Bearer ${key}`,
            'content-type': 'application/json',
            'x-request-id': 'order-17',
          }
          const body = JSON.stringify({ query })
          try {
            const answer = await fetch(url, { method: 'POST', headers, body })
            const { data, errors } = (await answer.json()) as FormattedExecutionResult
            const [id, challenge] = ['x-request-id', 'www-authenticate'].map((it) =>
              answer.headers.get(it),
            )
            return {
              status: answer.status,
              data,
              code: errors?.[0]?.extensions?.code,
              id,
              challenge,
            }
          } catch (error) {
            return String(error)
          }
        },
        [url, key, QUERY] as const,
      )
    try {
      await page.goto(origin)
      expect(await askAs('pk_site')).toMatchObject({
        data: { validateCoupon: { reason: 'NOT_FOUND' } },
        id: 'order-17',
      })
      expect(await askAs('pk_other')).toMatchObject({ status: 403, code: 'FORBIDDEN' })
      expect(await askAs('sk_server')).toMatchObject({ status: 403, code: 'FORBIDDEN' })
      expect(await askAs('nobody')).toMatchObject({
        status: 401,
        code: 'UNAUTHENTICATED',
        challenge: expect.stringContaining('error="invalid_token"'),
      })
      await page.goto(elsewhere)
      expect(await askAs('pk_site')).toBe('TypeError: Failed to fetch')
    } finally {
      await browser.close()
      await gateway.close()
      await site.close()
    }
  },
)
