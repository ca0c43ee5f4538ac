import { createHmac, createSecretKey } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import { exportSPKI, SignJWT, UnsecuredJWT } from 'jose'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { buildGatewayOver } from './gateway-in-process.ts'
import {
  AUDIENCE,
  ISSUER,
  type IssuerKey,
  makeIssuerKey,
  signToken,
  startTokenIssuer,
  type TokenIssuer,
} from './token-issuer.ts'

const NOT_FOUND = { status: 200, envelope: { code: 1001, error: 'NOT_FOUND' } }
const VALIDATE = '{ validateCoupon(code: "GUESS1000") { reason } }'
const READ_LOG = '{ redemptions { nodes { id } } }'

let issuer: TokenIssuer
let gateway: FastifyInstance
/** Of somebody else. */
let foreignKey: IssuerKey
beforeAll(async () => {
  issuer = await startTokenIssuer()
  foreignKey = await makeIssuerKey('key-1')
  gateway = await buildGatewayOver(NOT_FOUND, undefined, issuer.environment)
})
afterAll(async () => {
  await gateway?.close()
  issuer?.close()
})
afterEach(() => {
  vi.useRealTimers()
})

async function ask(bearer: string, query = VALIDATE, app = gateway) {
  const answer = await app.inject({
    method: 'POST',
    url: '/graphql',
    headers: { authorization: `Bearer ${bearer}` },
    payload: { query },
  })
  const { data, errors = [] } = answer.json()
  return {
    status: answer.statusCode,
    headers: answer.headers,
    data,
    code: errors[0]?.extensions.code,
    extensions: errors[0]?.extensions,
    message: errors[0]?.message,
  }
}
const sign = (claims = {}, header = {}) => signToken(issuer.key, claims, header)
const now = () => Math.floor(Date.now() / 1000)
const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url')
const ACCEPTED = { status: 200, data: { validateCoupon: { reason: 'NOT_FOUND' } }, code: undefined }

describe('a token', () => {
  it('of the issuer is as good as a key', async () => {
    expect(await ask(await sign())).toMatchObject(ACCEPTED)
  })

  it.each(['RS256', 'PS256', 'ES384', 'EdDSA'])('may be signed by %s', async (alg) => {
    const key = await makeIssuerKey(alg, alg)
    const other = await startTokenIssuer()
    other.publish(key.jwk)
    const app = await buildGatewayOver(NOT_FOUND, undefined, other.environment)
    expect(await ask(await signToken(key), VALIDATE, app)).toMatchObject(ACCEPTED)
    await app.close()
    other.close()
  })

  it.each<[what: string, claims: () => object, header?: object]>([
    ['is for several audiences', () => ({ aud: ['https://other.example', AUDIENCE] })],
    ['says that it is a JWT', () => ({}), { typ: 'JWT' }],
    ['does not say what it is', () => ({}), { typ: undefined }],
    ['expired a moment ago, by a clock that is fast', () => ({ exp: now() - 2 })],
    ['begins in a moment, by a clock that is slow', () => ({ nbf: now() + 2 })],
    ['has scopes of others', () => ({ scope: 'openid coupon:validate coupon:everything profile' })],
    [
      'has other claims',
      () => ({ kind: undefined, roles: ['admin'], email: 'alice@shop.example' }),
    ],
  ])('is good when it %s', async (_what, claims, header) => {
    vi.useFakeTimers({ toFake: ['Date'] })
    expect(await ask(await sign(claims(), header))).toMatchObject(ACCEPTED)
  })

  it.each<[what: string, make: () => Promise<string> | string, problem: string]>([
    ['of another issuer', () => sign({ iss: 'https://evil.example' }), '`iss`'],
    ['of the issuer, but for a slash', () => sign({ iss: `${ISSUER}/` }), '`iss`'],
    ['of no issuer', () => sign({ iss: undefined }), 'lacks the claim `iss`'],
    ['for another audience', () => sign({ aud: 'https://other.example' }), '`aud`'],
    ['for no audience', () => sign({ aud: undefined }), 'lacks the claim `aud`'],
    ['that has expired', () => sign({ exp: now() - 60 }), 'has expired'],
    ['that never expires', () => sign({ exp: undefined }), 'lacks the claim `exp`'],
    ['that expires in words', () => sign({ exp: 'never' }), '`exp` must be a number'],
    ['that is not valid yet', () => sign({ nbf: now() + 60 }), 'not valid yet'],
    ['of nobody', () => sign({ sub: undefined }), 'lacks the claim `sub`'],
    ['of an empty subject', () => sign({ sub: '' }), '`sub`'],
    ['of a subject that is a number', () => sign({ sub: 17 }), '`sub`'],
    ['of a subject too long', () => sign({ sub: 'a'.repeat(256) }), '`sub`'],
    ['of a subject in two lines', () => sign({ sub: 'alice\nbob' }), '`sub`'],
    ['with scopes as a list', () => sign({ scope: ['coupon:validate'] }), '`scope`'],
    ['of an unknown kind', () => sign({ kind: 'admin' }), '`kind`'],
    ['that says it is a secret key', () => sign({ kind: 'secret' }), '`kind`'],
    ['of a log-out', () => sign({}, { typ: 'logout+jwt' }), '`typ`'],
    ['signed by another key of the same name', () => signToken(foreignKey), 'signature'],
    [
      'that brings its own key',
      () => signToken(foreignKey, {}, { jwk: foreignKey.jwk, kid: 'key-1' }),
      'signature',
    ],
    ['with an unknown kid', () => sign({}, { kid: 'key-2' }), '`kid`'],
    [
      'that demands what nobody knows',
      () => `${encode({ alg: 'ES256', kid: 'key-1', crit: ['x'], x: 1 })}.${encode({})}.AA`,
      'header demands',
    ],
    ['without a signature', () => new UnsecuredJWT({ sub: 'alice' }).encode(), 'signed'],
    [
      'without a signature, that claims to have one',
      async () => `${(await sign()).split('.', 2).join('.')}.`,
      'signature',
    ],
    [
      'signed by HS256 with the public key as a text',
      async () =>
        new SignJWT({ iss: ISSUER, aud: AUDIENCE, sub: 'alice', exp: now() + 60 })
          .setProtectedHeader({ alg: 'HS256', kid: 'key-1' })
          .sign(createSecretKey(Buffer.from(await exportSPKI(issuer.key.publicKey)))),
      'asymmetric',
    ],
    [
      'signed by HS256 with the public key as it is published',
      () => {
        const body = `${encode({ alg: 'HS256', kid: 'key-1' })}.${encode({ sub: 'alice' })}`
        const mac = createHmac('sha256', JSON.stringify(issuer.key.jwk)).update(body)
        return `${body}.${mac.digest('base64url')}`
      },
      'asymmetric',
    ],
    ['whose claims were changed', async () => changeClaims(await sign()), 'signature'],
    ['that is no JSON', () => 'AAAA.AAAA.AAAA', 'not a well-formed JWT'],
    ['of 20 kB', async () => sign({ groups: 'x'.repeat(12_000) }), 'at most 8192 characters'],
  ])('%s is refused', async (_what, make, problem) => {
    const answer = await ask(await make())
    expect(answer).toMatchObject({ status: 401, code: 'UNAUTHENTICATED' })
    expect(answer.message).toContain(problem)
    expect(answer.headers['www-authenticate']).toMatch(
      /^Bearer realm="coupon-gateway", scope="coupon:validate", error="invalid_token", error_description="[\x20-\x7e]+"$/,
    )
  })

  function changeClaims(token: string): string {
    const [header, , signature] = token.split('.')
    const claims = { iss: ISSUER, aud: AUDIENCE, sub: 'bob', exp: now() + 300 }
    return [header, encode(claims), signature].join('.')
  }

  it('may do what its scopes say, and is told which one it lacks', async () => {
    const token = await sign({ scope: 'coupon:validate' })
    expect(await ask(token)).toMatchObject(ACCEPTED)
    expect(await ask(token, READ_LOG)).toMatchObject({
      status: 200,
      code: 'FORBIDDEN',
      extensions: { requiredScope: 'redemption:read' },
      message: 'This token lacks the scope redemption:read: its issuer has to grant it.',
    })
  })

  it('without scopes may ask for its budget and for nothing else', async () => {
    const token = await sign({ scope: undefined })
    expect(await ask(token)).toMatchObject({
      code: 'FORBIDDEN',
      extensions: { requiredScope: 'coupon:validate' },
    })
    expect(await ask(token, '{ rateLimit { limit } }')).toMatchObject({
      data: { rateLimit: { limit: 600 } },
    })
  })

  it.each([
    ['publishable', 'redemption:read', 'and no publishable token can have it'],
    ['staff', 'redemption:read', 'and no staff token can have it'],
  ])('of the kind %s may do less, whatever its scopes', async (kind, scope, words) => {
    const token = await sign({ kind })
    expect(await ask(token)).toMatchObject(ACCEPTED)
    const answer = await ask(token, READ_LOG)
    expect(answer).toMatchObject({ code: 'FORBIDDEN', extensions: { requiredScope: scope } })
    expect(answer.message).toContain(words)
  })

  it('has the budget of its subject, however many tokens there are', async () => {
    const app = await buildGatewayOver(NOT_FOUND, undefined, {
      ...issuer.environment,
      JWT_CALLS_PER_MINUTE: '10',
    })
    const query = '{ validateCoupon(code: "GUESS1000") { reason } rateLimit { limit remaining } }'
    const asAlice = async (jti: string) => ask(await sign({ jti }), query, app)
    // A failed guess costs 5.
    expect((await asAlice('1')).data.rateLimit).toEqual({ limit: 10, remaining: 5 })
    expect((await asAlice('2')).data.rateLimit).toEqual({ limit: 10, remaining: 0 })
    expect(await asAlice('3')).toMatchObject({ code: 'RATE_LIMITED' })
    expect(await ask(await sign({ sub: 'bob' }), query, app)).toMatchObject(ACCEPTED)
    await app.close()
  })

  it('is refused once it has expired, though it was good before', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    const token = await sign({ exp: now() + 60 })
    expect(await ask(token)).toMatchObject(ACCEPTED)
    vi.setSystemTime(Date.now() + 69_000)
    expect(await ask(token)).toMatchObject(ACCEPTED)
    vi.setSystemTime(Date.now() + 1_000)
    expect((await ask(token)).message).toContain('has expired')
  })
})

it('a gateway without JWKS_URL takes no tokens', async () => {
  const app = await buildGatewayOver(NOT_FOUND)
  const answer = await ask(await sign(), VALIDATE, app)
  expect(answer).toMatchObject({ status: 401, code: 'UNAUTHENTICATED' })
  expect(answer.message).toContain('takes keys, and no tokens')
  await app.close()
})

describe('the issuer', () => {
  const MINUTE_MS = 60_000
  let own: TokenIssuer
  let app: FastifyInstance
  beforeAll(async () => {
    own = await startTokenIssuer()
  })
  afterAll(() => own.close())
  afterEach(() => app?.close())

  /** A gateway that has loaded nothing yet. */
  async function open() {
    vi.useFakeTimers({ toFake: ['Date'] })
    own.publish(own.key.jwk)
    app = await buildGatewayOver(NOT_FOUND, undefined, own.environment)
    const before = own.loads
    return { loads: () => own.loads - before }
  }
  const signNow = (header = {}, key: IssuerKey = own.key) => signToken(key, {}, header)
  const pass = (milliseconds: number) => vi.setSystemTime(Date.now() + milliseconds)
  const UNAVAILABLE = { status: 503, code: 'AUTHENTICATION_UNAVAILABLE' }

  it('is asked for its keys once, by the first token', async () => {
    const { loads } = await open()
    expect(loads()).toBe(0)
    await Promise.all(
      [1, 2, 3].map(async (jti) => ask(await signToken(own.key, { jti }), VALIDATE, app)),
    )
    expect(loads()).toBe(1)
  })

  it('is not asked again and again by tokens with unknown keys', async () => {
    const { loads } = await open()
    for (let n = 0; n < 20; n += 1) {
      const answer = await ask(await signNow({ kid: `made-up-${n}` }), VALIDATE, app)
      expect(answer).toMatchObject({ status: 401, code: 'UNAUTHENTICATED' })
    }
    expect(loads()).toBe(1)
    pass(31_000)
    for (let n = 0; n < 20; n += 1) await ask(await signNow({ kid: `more-${n}` }), VALIDATE, app)
    expect(loads()).toBe(2)
  })

  it('may take a new key, which is known with its first token', async () => {
    const { loads } = await open()
    await ask(await signNow(), VALIDATE, app)
    const next = await makeIssuerKey('key-2')
    own.publish(own.key.jwk, next.jwk)
    pass(31_000)
    expect(await ask(await signNow({}, next), VALIDATE, app)).toMatchObject(ACCEPTED)
    expect(loads()).toBe(2)
  })

  it('may take a key back, whose tokens are refused some minutes later', async () => {
    await open()
    const token = await signToken(own.key, { exp: now() + 3_600 })
    expect(await ask(token, VALIDATE, app)).toMatchObject(ACCEPTED)
    own.publish((await makeIssuerKey('key-2')).jwk)
    pass(10 * MINUTE_MS)
    expect((await ask(token, VALIDATE, app)).message).toContain('`kid`')
  })

  it.each<[what: string, answer: { status: number; body: string } | undefined]>([
    ['is away', undefined],
    ['answers an error', { status: 500, body: 'hunter2' }],
    ['answers a page', { status: 200, body: '<h1>hunter2</h1>' }],
    ['answers something else', { status: 200, body: '{"keys":"hunter2"}' }],
    ['sends us somewhere else', { status: 302, body: '' }],
  ])('that %s makes tokens wait, and keys work', async (_what, failure) => {
    const { loads } = await open()
    own.fail(failure)
    for (let n = 0; n < 5; n += 1) {
      const answer = await ask(await signNow(), VALIDATE, app)
      expect(answer).toMatchObject(UNAVAILABLE)
      expect(answer.headers['retry-after']).toBe('10')
      expect(answer.extensions.retryAfterMs).toBe(10_000)
      expect(JSON.stringify(answer)).not.toMatch(/hunter2|127\.0\.0\.1/)
    }
    expect(loads()).toBe(1)
    expect(await ask('pk_demo', VALIDATE, app)).toMatchObject(ACCEPTED)
    own.publish(own.key.jwk)
    pass(10_000)
    expect(await ask(await signNow(), VALIDATE, app)).toMatchObject(ACCEPTED)
  })

  it('that publishes a key nobody can use makes its tokens wait', async () => {
    await open()
    const weak = { kty: 'RSA', n: 'AQAB', e: 'AQAB', kid: 'weak', alg: 'RS256' }
    own.publish(own.key.jwk, weak)
    const token = `${encode({ alg: 'RS256', kid: 'weak' })}.${encode({ sub: 'alice' })}.AAAA`
    expect(await ask(token, VALIDATE, app)).toMatchObject(UNAVAILABLE)
    expect(await ask(await signNow(), VALIDATE, app)).toMatchObject(ACCEPTED)
  })

  it('that goes away is missed only after an hour, or by tokens with a new key', async () => {
    const { loads } = await open()
    expect(await ask(await signNow(), VALIDATE, app)).toMatchObject(ACCEPTED)
    own.fail()
    pass(59 * MINUTE_MS)
    for (let n = 0; n < 5; n += 1) {
      const token = await signToken(own.key, { jti: `${n}` })
      expect(await ask(token, VALIDATE, app)).toMatchObject(ACCEPTED)
    }
    expect(loads()).toBe(2)
    expect(await ask(await signNow({ kid: 'key-2' }), VALIDATE, app)).toMatchObject(UNAVAILABLE)
    pass(2 * MINUTE_MS)
    expect(await ask(await signNow(), VALIDATE, app)).toMatchObject(UNAVAILABLE)
  })
})
