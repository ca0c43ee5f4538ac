import type { IncomingMessage, ServerResponse } from 'node:http'
import { RateLimitDocument, ValidateCouponDocument } from '@coupon-gateway/schema'
import type { ServiceProcess } from '@coupon-gateway/stack'
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import {
  type Answer,
  ask,
  type Environment,
  type Folder,
  makeFolder,
  NO_UPSTREAM,
  redeem,
  type SendOptions,
  startApi,
  startFakeUpstream,
  startGateway,
} from './gateway-under-test.ts'

/** For what happens soon, on a machine that is busy too. */
const WAIT = { timeout: 10_000 }

type Url = { readonly url: string }
const validate = (gateway: Url, options: SendOptions = {}) =>
  ask(gateway, ValidateCouponDocument, { code: 'WELCOME10' }, options)
const redeemWelcome = (gateway: Url, options: SendOptions = {}) =>
  redeem(gateway, { code: 'WELCOME10' }, options)

/** The only error of an answer: what it tells a program. */
function errorOf(answer: Answer<unknown>) {
  expect(answer.status).toBe(200)
  expect(answer.errors).toHaveLength(1)
  expect(answer.text).not.toMatch(/127\.0\.0\.1|ECONN|node_modules|undici|<html/)
  const { correlationId, ...extensions } = answer.errors[0]?.extensions ?? {}
  expect(correlationId).toBe(answer.headers.get('X-Request-Id'))
  return extensions
}

/** The error that a gateway logged under an id. The log comes by another way than the answer. */
function findLogEntry(gateway: ServiceProcess, id: string): Promise<unknown> {
  return vi.waitFor(() => {
    const lines = gateway.output().split('\n').filter(Boolean)
    const entry = lines.map((line) => JSON.parse(line)).find(({ reqId }) => reqId === id)
    expect(entry).toBeDefined()
    return entry
  }, WAIT)
}

async function startUntilTestEnds(
  upstream: Url,
  environment: Environment = {},
): Promise<ServiceProcess> {
  const gateway = await startGateway(upstream, environment)
  onTestFinished(() => gateway.stop())
  return gateway
}

describe('over the api', () => {
  let data: Folder
  let api: ServiceProcess
  beforeAll(async () => {
    data = await makeFolder()
    api = await startApi(data)
  })
  afterAll(async () => {
    await api?.stop()
    await data.remove()
  })

  it('an upstream that is down is unavailable, for a redeem too since nothing was sent, until it is back', async () => {
    const gateway = await startUntilTestEnds(api)
    expect((await validate(gateway)).data?.validateCoupon?.valid).toBe(true)
    await api.stop()

    const read = await validate(gateway)
    expect(errorOf(read)).toEqual({ code: 'UPSTREAM_UNAVAILABLE' })
    expect(read.data).toEqual({ validateCoupon: null })
    const write = await redeemWelcome(gateway)
    expect(errorOf(write)).toEqual({ code: 'UPSTREAM_UNAVAILABLE' })
    expect(write.data).toEqual({ redeemCoupon: null })
    // What needs no upstream is answered.
    expect((await ask(gateway, RateLimitDocument, {})).errors).toEqual([])

    api = await startApi(data, { API_PORT: new URL(api.url).port })
    expect((await redeemWelcome(gateway)).data?.redeemCoupon?.userErrors).toEqual([])
    expect((await validate(gateway)).data?.validateCoupon?.coupon?.usage.used).toBe(1)
  })

  it('a plan without coupons is PLAN_UPGRADE_REQUIRED', async () => {
    const gateway = await startUntilTestEnds(api, {
      UPSTREAM_API_KEY: 'demo_free_key',
      DEMO: 'true',
    })
    for (const answer of [await validate(gateway), await redeemWelcome(gateway)]) {
      expect(errorOf(answer)).toEqual({ code: 'PLAN_UPGRADE_REQUIRED' })
    }
  })

  it('a key that the upstream refuses is a fault of ours, to be found in the log', async () => {
    const secret = 'no-key-of-the-upstream'
    const gateway = await startUntilTestEnds(api, { UPSTREAM_API_KEY: secret, DEMO: 'true' })
    const calls = { 'read-17': validate, 'write-17': redeemWelcome }
    for (const [id, call] of Object.entries(calls)) {
      const answer = await call(gateway, { headers: { 'X-Request-Id': id } })
      expect(errorOf(answer)).toEqual({ code: 'INTERNAL_SERVER_ERROR' })
      expect(answer.text).not.toMatch(/key/i)
      const entry = await findLogEntry(gateway, id)
      expect(entry).toMatchObject({ level: 50, err: { code: 'UNAUTHENTICATED' } })
    }
    expect(gateway.output()).not.toContain(secret)
  })
})

it('a gateway starts, and stays ready, without its upstream', async () => {
  const gateway = await startUntilTestEnds(NO_UPSTREAM)
  expect(errorOf(await validate(gateway))).toEqual({ code: 'UPSTREAM_UNAVAILABLE' })
  for (const path of ['/livez', '/readyz']) {
    expect((await fetch(`${gateway.url}${path}`)).status).toBe(200)
  }
})

describe('over an upstream that reads a request and then', () => {
  /** What it does with a request once that was read. */
  let act: (request: IncomingMessage, response: ServerResponse) => void
  let upstream: Awaited<ReturnType<typeof startFakeUpstream>>
  let gateway: ServiceProcess
  beforeAll(async () => {
    upstream = await startFakeUpstream((request, response) => act(request, response))
    gateway = await startGateway(upstream)
  })
  afterAll(async () => {
    await gateway?.stop()
    upstream.close()
  })

  it('resets the connection, a redeem has an unknown outcome and a read is unavailable', async () => {
    const keys = new Set<unknown>()
    act = (request, response) => {
      if (request.method === 'PUT') keys.add(request.headers['idempotency-key'])
      response.socket?.resetAndDestroy()
    }
    const write = await redeemWelcome(gateway)
    expect(errorOf(write)).toEqual({ code: 'UPSTREAM_OUTCOME_UNKNOWN', retryable: true })
    expect(write.data).toEqual({ redeemCoupon: null })
    expect(write.errors[0]?.message).toContain('same idempotencyKey')
    // However often it was sent: with one key.
    expect(keys.size).toBe(1)
    expect(errorOf(await validate(gateway))).toEqual({ code: 'UPSTREAM_UNAVAILABLE' })
  })

  it('hangs, a redeem has an unknown outcome and a read times out', async () => {
    const methods: unknown[] = []
    act = ({ method }) => methods.push(method)
    const impatient = await startUntilTestEnds(upstream, {
      UPSTREAM_ATTEMPT_TIMEOUT_MS: '500',
      UPSTREAM_DEADLINE_MS: '900',
    })
    const write = await redeemWelcome(impatient)
    expect(errorOf(write)).toEqual({ code: 'UPSTREAM_OUTCOME_UNKNOWN', retryable: true })
    expect(errorOf(await validate(impatient))).toEqual({ code: 'UPSTREAM_TIMEOUT' })

    // The look at the coupon that a staff key causes is a read: nothing was redeemed.
    methods.length = 0
    const staff = await redeemWelcome(impatient, { key: 'staff_demo' })
    expect(errorOf(staff)).toEqual({ code: 'UPSTREAM_TIMEOUT' })
    expect(new Set(methods)).toEqual(new Set(['GET']))
  })

  const HTML = '<html><body>nginx at coupons.internal.example</body></html>'
  const answerHtml = (status: number) => (_: IncomingMessage, response: ServerResponse) => {
    response.writeHead(status, { 'Content-Type': 'text/html' }).end(HTML)
  }

  it.each([
    ['a read', 200, validate],
    ['a read', 404, validate],
    ['a redeem', 404, redeemWelcome],
  ] as const)('answers %s with HTML and %i, it is a fault of ours', async (_, status, call) => {
    act = answerHtml(status)
    const id = `html-${call.name}-${status}`
    const answer = await call(gateway, { headers: { 'X-Request-Id': id } })
    expect(errorOf(answer)).toEqual({ code: 'INTERNAL_SERVER_ERROR' })
    expect(answer.text).not.toMatch(/nginx|internal\.example/)
    expect(await findLogEntry(gateway, id)).toMatchObject({ err: { code: 'BAD_RESPONSE' } })
  })

  // A proxy may have garbled the answer to a redemption that took effect.
  it.each([200, 502])(
    'answers a redeem with HTML and %i, its outcome is unknown',
    async (status) => {
      act = answerHtml(status)
      const answer = await redeemWelcome(gateway)
      expect(errorOf(answer)).toEqual({ code: 'UPSTREAM_OUTCOME_UNKNOWN', retryable: true })
    },
  )

  /** Answers with an envelope of the REST contract. */
  const answerEnvelope =
    (status: number, envelope: object) => (_: IncomingMessage, response: ServerResponse) => {
      response.writeHead(status, { 'Content-Type': 'application/json', 'Retry-After': '30' })
      response.end(JSON.stringify({ code: 2000, message: 'No.', result: null, ...envelope }))
    }

  it('asks for patience with 503 OVERLOADED, the wait is passed on', async () => {
    act = answerEnvelope(503, { error: 'OVERLOADED' })
    for (const answer of [await validate(gateway), await redeemWelcome(gateway)]) {
      expect(errorOf(answer)).toEqual({ code: 'OVERLOADED', retryAfterMs: 30_000 })
    }
  })

  it('asks for patience with 429 RATE_LIMITED, the wait is passed on, and nothing more is sent meanwhile', async () => {
    // The pause holds for every call of the gateway.
    const other = await startUntilTestEnds(upstream)
    let received = 0
    act = (request, response) => {
      received += 1
      answerEnvelope(429, { error: 'RATE_LIMITED' })(request, response)
    }
    for (const answer of [await validate(other), await redeemWelcome(other)]) {
      const { retryAfterMs, ...extensions } = errorOf(answer)
      expect(extensions).toEqual({ code: 'RATE_LIMITED', scope: 'UPSTREAM' })
      expect(retryAfterMs).toBeGreaterThan(0)
      expect(retryAfterMs).toBeLessThanOrEqual(30_000)
    }
    expect(received).toBe(1)
  })

  it('says that the key is in use, the caller is told to repeat with it', async () => {
    act = answerEnvelope(409, { error: 'IDEMPOTENCY_CONCURRENT_REQUEST' })
    const { errors, data } = await redeemWelcome(gateway)
    expect(errors).toEqual([])
    expect(data?.redeemCoupon).toEqual({
      redemption: null,
      replayed: false,
      userErrors: [
        {
          code: 'IDEMPOTENCY_CONCURRENT_REQUEST',
          field: ['input', 'idempotencyKey'],
          message: expect.stringContaining('with the same key'),
        },
      ],
    })
  })

  it.each<[string, object[], object[]]>([
    [
      'names fields',
      [
        {
          field: 'memo',
          problem: 'has 501 characters',
          allowed: 'a text of at most 400 characters',
        },
        { field: 'onsitePwd', problem: 'is pa55word', allowed: 'a text of at most 32 characters' },
      ],
      [
        {
          code: 'INVALID_INPUT',
          field: ['input', 'memo'],
          message: 'memo must be a text of at most 400 characters.',
        },
        {
          code: 'INVALID_INPUT',
          field: ['input', 'onsitePassword'],
          message: 'onsitePassword must be a text of at most 32 characters.',
        },
      ],
    ],
    [
      'names none of ours',
      [{ field: 'request', problem: 'is odd', allowed: 'another one' }],
      [
        {
          code: 'INVALID_INPUT',
          field: null,
          message: 'The coupon service does not take this input.',
        },
      ],
    ],
  ])(
    'refuses the input of a redeem and %s, that was a top-level error instead of userErrors',
    async (_what, result, userErrors) => {
      act = answerEnvelope(400, { error: 'INVALID_INPUT', result })
      const input = { code: 'WELCOME10', memo: 'm', onsitePassword: 'pa55word' }
      const { errors, data, text } = await redeem(gateway, input)
      expect(errors).toEqual([])
      expect(data?.redeemCoupon).toEqual({ redemption: null, replayed: false, userErrors })
      expect(text).not.toContain('pa55word')
    },
  )

  it('refuses for a reason that the contract has no word for, there is no such coupon', async () => {
    // With the coupon, which was shown.
    const result = { cpnNo: 'WELCOME10', discTypeIdx: 457, disc: 10, useLimit: 0, useCnt: 0 }
    act = answerEnvelope(200, { code: 1999, error: 'BLOCKED_BY_MARKETING', result })
    const read = await validate(gateway)
    expect(read.data?.validateCoupon).toMatchObject({ reason: 'NOT_FOUND', coupon: null })
    const write = await redeemWelcome(gateway)
    expect(write.data?.redeemCoupon?.userErrors).toMatchObject([{ code: 'NOT_FOUND' }])
    expect(read.text + write.text).not.toContain('MARKETING')
  })
})
