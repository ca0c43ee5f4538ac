import { describe, expect, it } from 'vitest'
import { readGatewaySettings } from './settings.ts'

const own = { DEMO: 'false', UPSTREAM_API_KEY: 'a-key', GATEWAY_KEYS_FILE: 'keys.json' }

describe('readGatewaySettings', () => {
  it('without any variable is the demo on this machine', () => {
    expect(readGatewaySettings({})).toEqual({
      host: '127.0.0.1',
      port: 4000,
      upstream: {
        urls: ['http://127.0.0.1:4001'],
        apiKey: 'demo_personal_key',
        profile: 'native',
        concurrency: 256,
        deadlineMs: 12_000,
        attemptTimeoutMs: 5_000,
        hostedReasons: {},
        rateLimits: null,
        expectedProcesses: 3,
      },
      budgetPlace: null,
      journal: null,
      trustedProxies: [],
      connections: { max: 10_000, maxPerPeer: 2_000 },
      operationLimits: 'enforce',
      abuseBudgets: {
        mode: 'enforce',
        addressCallsPerMinute: 600,
        addressRequestsPerMinute: 3_000,
        prefixFailuresPerMinute: 300,
      },
      demo: true,
      keysFile: undefined,
      tokens: null,
      trustedDocuments: { mode: 'off', file: undefined },
      production: false,
      logLevel: 'info',
      workers: 1,
      operation: { metrics: null, tracing: null, drainDelayMs: 0 },
    })
  })

  it('takes several upstreams, with or without spaces between them', () => {
    expect(
      readGatewaySettings({ UPSTREAM_URL: 'http://a:1, https://b/base' }).upstream.urls,
    ).toEqual(['http://a:1', 'https://b/base'])
  })

  it('keeps to the limits of the key, which are those of the Personal plan in front of a hosted upstream', () => {
    const read = (UPSTREAM_RATE_LIMITS: string, environment = {}) =>
      readGatewaySettings({ ...environment, UPSTREAM_RATE_LIMITS }).upstream.rateLimits
    const hosted = { UPSTREAM_PROFILE: 'hosted', DEMO: 'true' }
    const personal = { perMinute: 120, perHour: 1_200, perDay: 2_500 }
    expect(readGatewaySettings(hosted).upstream.rateLimits).toEqual(personal)
    expect(read('none', hosted)).toBe(null)
    expect(read('free')).toEqual({ perMinute: 30, perHour: 300, perDay: 500 })
    expect(read('768/40000/-')).toEqual({ perMinute: 768, perHour: 40_000, perDay: null })
    for (const bad of ['much', '0/1/1', '1/2', '1/2/3/4', '-1/2/3']) {
      expect(() => read(bad)).toThrow(/UPSTREAM_RATE_LIMITS must be none, a plan/)
    }
  })

  it('shares the budget of the key in the database of the journal, which a native upstream needs for nothing else', () => {
    const url = 'postgres://db/x'
    const shared = { JOURNAL_DATABASE_URL: url, UPSTREAM_RATE_LIMITS: 'free' }
    expect(readGatewaySettings(shared)).toMatchObject({ journal: null, budgetPlace: { url } })
    expect(readGatewaySettings({ JOURNAL_DATABASE_URL: url }).budgetPlace).toBe(null)
  })

  it('keeps a journal in front of a hosted upstream, in a folder of its own or on PostgreSQL', () => {
    const hosted = { UPSTREAM_PROFILE: 'hosted', DEMO: 'true' }
    expect(readGatewaySettings({ ...hosted, DATA_DIR: '/data' }).journal).toEqual({
      place: { dataDirectory: '/data/journal' },
      otherWriters: false,
      settleDelayMs: 120_000,
    })
    const url = 'postgres://db/journal'
    expect(readGatewaySettings({ ...hosted, JOURNAL_DATABASE_URL: url }).journal?.place).toEqual({
      url,
    })
  })

  it('reads what the numbers of a hosted upstream mean', () => {
    expect(
      readGatewaySettings({ HOSTED_REASONS: '1999=EXPIRED, 2001=EXHAUSTED' }).upstream
        .hostedReasons,
    ).toEqual({ 1999: 'EXPIRED', 2001: 'EXHAUSTED' })
  })

  const signsOfDeployment = [
    { GATEWAY_KEYS_FILE: 'keys.json' },
    { UPSTREAM_API_KEY: 'a-key' },
    { UPSTREAM_PROFILE: 'hosted' },
    { NODE_ENV: 'production' },
    { DATABASE_URL: 'postgres://db/coupons' },
  ]
  it.each(signsOfDeployment)('the demo’s public keys were accepted with %j', (sign) => {
    // What else it needs is demanded, instead of being filled in with the demo's.
    const { GATEWAY_KEYS_FILE, UPSTREAM_API_KEY }: NodeJS.ProcessEnv = sign
    if (UPSTREAM_API_KEY === undefined) {
      expect(() => readGatewaySettings({ GATEWAY_KEYS_FILE: 'keys.json', ...sign })).toThrow(
        /^UPSTREAM_API_KEY must be .* DEMO=true/,
      )
    }
    if (GATEWAY_KEYS_FILE === undefined) {
      expect(() => readGatewaySettings({ UPSTREAM_API_KEY: 'a-key', ...sign })).toThrow(
        /^GATEWAY_KEYS_FILE must be .* DEMO=true/,
      )
    }
    expect(readGatewaySettings({ ...own, DEMO: undefined, ...sign }).demo).toBe(false)
  })

  it.each(signsOfDeployment)('DEMO wins over %j', (sign) => {
    expect(readGatewaySettings({ ...sign, DEMO: 'true' }).demo).toBe(true)
    expect(readGatewaySettings({ ...own, ...sign }).demo).toBe(false)
  })

  it.each([{ NODE_ENV: 'test' }, { UPSTREAM_PROFILE: 'native' }, { GATEWAY_KEYS_FILE: '' }])(
    '%j is still the demo',
    (environment) => {
      expect(readGatewaySettings(environment).demo).toBe(true)
    },
  )

  const tokens = {
    JWKS_URL: 'https://login.shop.example/jwks.json',
    JWT_ISSUER: 'https://login.shop.example',
    JWT_AUDIENCE: 'https://coupons.shop.example',
  }

  it('takes tokens, of a few hundred calls a minute and any origin unless told otherwise', () => {
    const read = (environment = {}) =>
      readGatewaySettings({ ...own, ...tokens, ...environment }).tokens
    expect(read()).toEqual({
      keySetUrl: new URL(tokens.JWKS_URL),
      issuer: tokens.JWT_ISSUER,
      audience: tokens.JWT_AUDIENCE,
      origins: null,
      callsPerMinute: 600,
    })
    const origins = 'https://shop.example, http://localhost:5173'
    expect(read({ JWT_ORIGINS: origins, JWT_CALLS_PER_MINUTE: '60' })).toMatchObject({
      origins: new Set(['https://shop.example', 'http://localhost:5173']),
      callsPerMinute: 60,
    })
  })

  it('with tokens needs no keys, and is no demo', () => {
    const { demo, keysFile } = readGatewaySettings({ ...tokens, UPSTREAM_API_KEY: 'a-key' })
    expect([demo, keysFile]).toEqual([false, undefined])
    expect(() => readGatewaySettings(tokens)).toThrow(/^UPSTREAM_API_KEY must be .* DEMO=true/)
    expect(readGatewaySettings({ ...tokens, DEMO: 'true' }).demo).toBe(true)
  })

  it.each([
    'http://localhost:3000/jwks',
    'http://127.0.0.1/jwks',
    'http://[::1]:3000/jwks?tenant=shop',
    'https://login.shop.example:8443/jwks?tenant=shop',
  ])('takes the keys of tokens from %s', (JWKS_URL) => {
    expect(readGatewaySettings({ ...own, ...tokens, JWKS_URL }).tokens?.keySetUrl.href).toBe(
      JWKS_URL,
    )
  })

  it('takes the key of the upstream that is given, in the demo too', () => {
    const { upstream } = readGatewaySettings({ UPSTREAM_API_KEY: 'a-key', DEMO: 'true' })
    expect(upstream.apiKey).toBe('a-key')
  })

  it('takes the patience with the upstream', () => {
    const environment = { UPSTREAM_DEADLINE_MS: '600000', UPSTREAM_ATTEMPT_TIMEOUT_MS: '1' }
    expect(readGatewaySettings(environment).upstream).toMatchObject({
      deadlineMs: 600_000,
      attemptTimeoutMs: 1,
    })
  })

  it.each([
    ['production', true],
    ['development', false],
    ['test', false],
  ])('NODE_ENV=%s: production is %s', (NODE_ENV, production) => {
    expect(readGatewaySettings({ ...own, NODE_ENV }).production).toBe(production)
  })

  it.each<[NodeJS.ProcessEnv, string]>([
    [{ GATEWAY_PORT: '65536' }, 'GATEWAY_PORT must be an integer from 0 to 65535, got "65536"'],
    [{ UPSTREAM_URL: 'coupons' }, 'UPSTREAM_URL must be one or several URLs'],
    [{ UPSTREAM_URL: 'ftp://coupons' }, 'UPSTREAM_URL must be one or several URLs'],
    [{ UPSTREAM_URL: 'http://a,,http://b' }, 'UPSTREAM_URL must be one or several URLs'],
    [{ UPSTREAM_URL: 'http://a,b' }, 'UPSTREAM_URL must be one or several URLs'],
    [{ UPSTREAM_URL: 'http://me:hunter2@a' }, 'without user, query and fragment'],
    [{ UPSTREAM_URL: 'http://a/?key=hunter2' }, 'without user, query and fragment'],
    [{ UPSTREAM_URL: 'http://a/#hunter2' }, 'without user, query and fragment'],
    [{ UPSTREAM_API_KEY: 'hunter2-ключ' }, 'UPSTREAM_API_KEY must be a text of visible ASCII'],
    [{ UPSTREAM_API_KEY: 'hunter2\r\nX: 1' }, 'UPSTREAM_API_KEY must be a text of visible ASCII'],
    [{ UPSTREAM_PROFILE: 'Native' }, 'UPSTREAM_PROFILE must be one of native, hosted'],
    [{ UPSTREAM_CONCURRENCY: '0' }, 'UPSTREAM_CONCURRENCY must be an integer from 1 to 10000'],
    [{ UPSTREAM_DEADLINE_MS: '0' }, 'UPSTREAM_DEADLINE_MS must be an integer from 1 to 600000'],
    [
      { UPSTREAM_ATTEMPT_TIMEOUT_MS: '600001' },
      'UPSTREAM_ATTEMPT_TIMEOUT_MS must be an integer from 1 to 600000, got "600001"',
    ],
    [{ HOSTED_REASONS: '1999=GONE' }, 'HOSTED_REASONS must be numbers and their reasons, as in'],
    [{ JOURNAL_DATABASE_URL: 'mysql://me:hunter2@db' }, 'JOURNAL_DATABASE_URL must be a URL'],
    [{ ...tokens, JWKS_URL: 'http://login.shop.example' }, 'JWKS_URL must be a URL that starts'],
    [
      { ...tokens, JWKS_URL: 'http://localhost.evil.example' },
      'JWKS_URL must be a URL that starts',
    ],
    [{ ...tokens, JWKS_URL: 'https://me:hunter2@login.example' }, 'without user and fragment'],
    [
      { ...own, ...tokens, JWT_ISSUER: '' },
      'JWT_ISSUER must be the `iss` of tokens that are taken where',
    ],
    [
      { ...own, ...tokens, JWT_AUDIENCE: '' },
      'JWT_AUDIENCE must be the `aud` of tokens that are taken',
    ],
    [
      { JWT_ISSUER: 'https://login.shop.example' },
      'public keys where JWT_ISSUER is set, got nothing',
    ],
    [{ JWT_CALLS_PER_MINUTE: '60' }, 'public keys where JWT_CALLS_PER_MINUTE is set, got nothing'],
    [{ ...tokens, JWT_CALLS_PER_MINUTE: '0' }, 'JWT_CALLS_PER_MINUTE must be an integer from 1 to'],
    [{ ...tokens, JWT_ORIGINS: '*' }, 'JWT_ORIGINS must be one or several origins, separated by'],
    [
      { ...tokens, JWT_ORIGINS: 'https://a.example/' },
      'nothing behind, and no pattern, got "https',
    ],
    [{ DEMO: 'yes' }, 'DEMO must be "true" or "false", got "yes"'],
    [{ NODE_ENV: 'prod' }, 'NODE_ENV must be one of development, test, production, got "prod"'],
    [{ ...own, UPSTREAM_API_KEY: '' }, 'UPSTREAM_API_KEY must be the key of the coupon REST API'],
    [{ ...own, GATEWAY_KEYS_FILE: '' }, 'GATEWAY_KEYS_FILE must be the path of a JSON file'],
  ])('refuses %j', (environment, message) => {
    const read = () => readGatewaySettings(environment)
    expect(read).toThrow(message)
    expect(read).not.toThrow('hunter2')
  })

  it('names every bad variable at once', () => {
    expect(() => readGatewaySettings({ GATEWAY_PORT: 'x', UPSTREAM_PROFILE: 'y' })).toThrow(
      /GATEWAY_PORT.*\n.*UPSTREAM_PROFILE/,
    )
  })
})
