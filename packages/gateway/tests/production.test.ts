import type { ServiceProcess } from '@coupon-gateway/stack'
import { getIntrospectionQuery } from 'graphql'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { NO_UPSTREAM, send, startGateway } from './gateway-under-test.ts'

const INTROSPECTION = '{ __schema { queryType { name } } }'
const MISSPELLED = [
  { query: '{ validateCopon(code: "WELCOME10") { valid } }' },
  { query: '{ rateLimits { cost } }' },
  { query: '{ rateLimit { costs } }' },
  { query: 'query ($code: Strin!) { validateCoupon(code: $code) { valid } }' },
  { query: '{ validateCoupon(cod: "WELCOME10") { valid } }' },
  {
    query: 'mutation ($input: RedeemCouponInput!) { redeemCoupon(input: $input) { replayed } }',
    variables: { input: { code: 'WELCOME10', idempotencyKey: 'key-of-production', memos: '' } },
  },
]

describe('in production', () => {
  let gateway: ServiceProcess
  beforeAll(async () => {
    gateway = await startGateway(NO_UPSTREAM, { NODE_ENV: 'production', DEMO: 'true' })
  })
  afterAll(() => gateway?.stop())

  it.each([INTROSPECTION, '{ __type(name: "Query") { name } }'])(
    'introspection is refused: %s',
    async (query) => {
      const answer = await send(gateway, { body: { query } })
      expect(answer.status).toBe(400)
      expect(answer.errors[0]?.extensions.code).toBe('GRAPHQL_VALIDATION_FAILED')
      expect(answer.errors[0]?.message).toContain('introspection')
      expect(answer.data).toBeNull()
    },
  )

  it.each(['/playground', '/playground/', '/playground/main.js'])(
    'there is no playground: %s is 404',
    async (path) => {
      const answer = await send(gateway, { method: 'GET', path })
      expect([answer.status, answer.errors[0]?.extensions.code]).toEqual([404, 'ROUTE_NOT_FOUND'])
    },
  )

  it.each(MISSPELLED)('nothing is suggested for %j', async (body) => {
    const answer = await send(gateway, { body })
    expect(answer.errors).not.toEqual([])
    expect(answer.text).not.toMatch(/did you mean/i)
  })

  it('operations are answered', async () => {
    const answer = await send(gateway, { body: { query: '{ rateLimit { cost } }' } })
    expect(answer).toMatchObject({ status: 200, data: { rateLimit: { cost: 0 } } })
  })
})

describe('in development', () => {
  let gateway: ServiceProcess
  beforeAll(async () => {
    gateway = await startGateway(NO_UPSTREAM, { NODE_ENV: 'development' })
  })
  afterAll(() => gateway?.stop())
  const get = (path: string) => send(gateway, { method: 'GET', key: null, path })

  it('introspection is answered', async () => {
    const answer = await send(gateway, { body: { query: INTROSPECTION } })
    expect(answer.data).toEqual({ __schema: { queryType: { name: 'Query' } } })
  })

  it('what the playground asks about the schema is answered, although it is deeper than 8', async () => {
    const answer = await send(gateway, { body: { query: getIntrospectionQuery() } })
    expect(answer.errors).toEqual([])
    expect(answer.data.__schema.types.length).toBeGreaterThan(20)
  })

  it.each(MISSPELLED)('a name is suggested for %j', async (body) => {
    expect((await send(gateway, { body })).text).toMatch(/did you mean/i)
  })

  it.each(['/playground', '/playground/'])('%s is the playground', async (path) => {
    const { status, headers, text } = await get(path)
    expect(status).toBe(200)
    expect(headers.get('Content-Type')).toBe('text/html; charset=utf-8')
    expect(text).toContain('endpointURL: `/graphql`')
    expect(text).toContain('Bearer sk_demo')
  })

  it('the playground loads everything from the gateway, which has it all', async () => {
    const { text } = await get('/playground/')
    expect(text).not.toMatch(/(https?:)?\/\/[a-z0-9-]+\./i)
    const files = [...text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, file]) => file)
    expect(files).toContain('main.js')
    for (const file of files.filter((it) => it !== '/playground/')) {
      const { status, headers } = await get(`/playground/${file}`)
      expect([file, status]).toEqual([file, 200])
      if (file?.endsWith('.js')) expect(headers.get('Content-Type')).toMatch(/javascript/)
    }
  })

  it.each(['/playground/', '/playground/main.js'])(
    'whatever %s asks for, the browser gets from the gateway only',
    async (path) => {
      // Altair’s code knows addresses of its own services; the policy keeps the browser from asking them.
      const policy = (await get(path)).headers.get('Content-Security-Policy')
      expect(policy).toMatch(/^default-src 'self';/)
      expect(policy).not.toMatch(/https?:|\*|[a-z0-9]\.[a-z]/)
      expect(policy).not.toContain('connect-src')
    },
  )

  it('the playground serves its own files only', async () => {
    for (const path of ['/playground/..%2f..%2fpackage.json', '/playground/%2e%2e/package.json']) {
      expect((await get(path)).status).toBeGreaterThanOrEqual(400)
    }
  })
})
