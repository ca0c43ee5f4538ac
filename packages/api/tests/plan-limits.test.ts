import { openPostgres } from '@coupon-gateway/database'
import type { ServiceProcess } from '@coupon-gateway/stack'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { call, type DatabasePlace, onPostgres, startApiProcess } from './api-under-test.ts'
import { readCoupon } from './coupon-command.ts'

/** Small windows, so that a handful of calls fills one. */
const PLAN_LIMITS = 'free=2/10/10,personal=20/1000/2000'

let place: DatabasePlace
let apis: readonly ServiceProcess[]
const read = (...args: string[]) => readCoupon(place.environment, ...args)

beforeAll(async () => {
  const { environment, remove } = await onPostgres()
  place = { environment: { ...environment, PLAN_LIMITS }, remove }
  apis = await Promise.all([startApiProcess(place), startApiProcess(place)])
})
afterAll(async () => {
  await Promise.all(apis.map((api) => api.stop()))
  await place.remove()
})

async function createKey(...options: readonly string[]): Promise<{ key: string; account: string }> {
  const account = `shop ${options.join(' ')}`
  await read('account', 'create', account, '--time-zone', 'UTC', ...options)
  const { key } = await read('key', 'create', account, '--label', 'test')
  return { key, account }
}

const validate = (key: string, process = 0, headers = {}) =>
  call(apis[process]?.url ?? '', '/validate?cpnNo=NOSUCH01', { key, headers })

const limitHeaders = ({ headers }: { readonly headers: Headers }) =>
  Object.fromEntries([...headers].filter(([name]) => /ratelimit|retry-after/.test(name)))

it('two processes let exactly the calls of the window through, and refuse the rest alike', async () => {
  const { key } = await createKey()
  const answers = await Promise.all(Array.from({ length: 60 }, (_, n) => validate(key, n % 2)))
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(20)
  const refused = answers.filter(({ status }) => status === 429)
  expect(refused).toHaveLength(40)
  for (const answer of refused) {
    expect(answer.body).toMatchObject({ code: 3004, error: 'RATE_LIMITED', result: null })
    const { 'retry-after': retryAfter, ...headers } = limitHeaders(answer)
    expect(Number(retryAfter)).toBeGreaterThan(0)
    expect(Number(retryAfter)).toBeLessThanOrEqual(60)
    expect(headers).toEqual({
      'ratelimit-policy': '"minute";q=20;w=60, "hour";q=1000;w=3600, "day";q=2000;w=86400',
      ratelimit: expect.stringMatching(
        /^"minute";r=0;t=\d+, "hour";r=980;t=\d+, "day";r=1980;t=\d+$/,
      ),
      'x-ratelimit-limit': '20',
      'x-ratelimit-remaining': '0',
      'x-ratelimit-reset': retryAfter,
    })
  }
})

describe('every answer to a known key says where it stands:', () => {
  it('each call takes one, also one that is refused for its input', async () => {
    const { key } = await createKey('--limits', '9/90/900')
    const url = apis[0]?.url ?? ''
    const answers = [
      await validate(key),
      await call(url, '/validate', { key }),
      await call(url, '/redeem', { method: 'PUT', key, body: '{' }),
      await call(url, '/redeem', { method: 'PUT', key, body: { cpnNo: 'NOSUCH01' } }),
    ]
    expect(answers.map(({ status }) => status)).toEqual([200, 400, 400, 200])
    expect(answers.map((it) => it.headers.get('x-ratelimit-remaining'))).toEqual([
      '8',
      '7',
      '6',
      '5',
    ])
  })

  it('a plan without coupons is told so, within its own windows', async () => {
    const answers = []
    for (let n = 0; n < 3; n++) answers.push(await validate('demo_free_key'))
    expect(answers.map(({ status }) => status)).toEqual([403, 403, 429])
    expect(answers.map((it) => it.headers.get('x-ratelimit-limit'))).toEqual(['2', '2', '2'])
  })

  it('a key whose limits are lifted is not counted, and told of none', async () => {
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, n) => validate('demo_personal_key', n % 2)),
    )
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
    for (const answer of answers) expect(limitHeaders(answer)).toEqual({})
    const lifted = (await read('key', 'list', '--account', 'demo')).find(
      (it: { rateLimitsLifted: boolean }) => it.rateLimitsLifted,
    )
    const database = openPostgres(place.environment.DATABASE_URL ?? '', { poolSize: 1 })
    expect(
      await database.query('select key from rate_limit_window where key like $1', [
        `%:${lifted.id}`,
      ]),
    ).toEqual([])
    await database.close()
  })
})

it('what was agreed on with an account holds in place of its plan, and a change of it soon', async () => {
  const { key, account } = await createKey('--plan', 'enterprise', '--limits', '2/50/900')
  for (let n = 0; n < 2; n++) expect((await validate(key)).status).toBe(200)
  expect((await validate(key)).headers.get('ratelimit-policy')).toBe(
    '"minute";q=2;w=60, "hour";q=50;w=3600, "day";q=900;w=86400',
  )
  await read('account', 'change', account, '--plan', 'personal')
  // A process that has not seen the key yet knows at once; the calls before are counted still.
  const late = await validate(key, 1)
  expect(late.headers.get('x-ratelimit-limit')).toBe('20')
  expect(late.headers.get('x-ratelimit-remaining')).toBe('17')
})

describe('keys that are none', () => {
  const guess = (n: number, address: string, process: ServiceProcess) =>
    call(process.url, '/validate?cpnNo=NOSUCH01', {
      key: `cgk_${n}`,
      headers: { 'X-Forwarded-For': address },
    })

  it('are refused alike, and bounded by the network that they come from, not by others', async () => {
    const api = await startApiProcess({
      ...place,
      environment: { ...place.environment, TRUSTED_PROXIES: '127.0.0.1' },
    })
    const good = await createKey('--plan', 'premium')
    const from = (address: string, key: string | null) =>
      call(api.url, '/validate?cpnNo=NOSUCH01', { key, headers: { 'X-Forwarded-For': address } })
    expect((await from('2001:db8::1', good.key)).status).toBe(200)
    const refusals = await Promise.all(
      Array.from({ length: 120 }, (_, n) => guess(n, `2001:db8::${n}`, api)),
    )
    refusals.push(await from('2001:db8::1', null))
    expect(new Set(refusals.map(({ status, text }) => `${status} ${text}`)).size).toBe(1)
    expect(refusals[0]?.status).toBe(401)
    const bounded = await guess(120, '2001:db8::ffff', api)
    expect([bounded.status, bounded.body.error]).toEqual([429, 'RATE_LIMITED'])
    expect(Number(bounded.headers.get('retry-after'))).toBeGreaterThan(0)
    // A key that was good goes on, from there too; so does everybody elsewhere.
    expect((await from('2001:db8::1', good.key)).status).toBe(200)
    expect((await guess(121, '2001:db8:0:1::1', api)).status).toBe(401)
    await api.stop()
  })

  it('from an address that is only claimed are counted by the real one', async () => {
    const api = await startApiProcess(place)
    await Promise.all(Array.from({ length: 120 }, (_, n) => guess(n, `192.0.2.${n}`, api)))
    expect((await guess(120, '192.0.2.200', api)).status).toBe(429)
    await api.stop()
  })
})

it('the hosted profile enforces the windows, without headers and without the envelope', async () => {
  const api = await startApiProcess({
    ...place,
    environment: { ...place.environment, API_PROFILE: 'hosted' },
  })
  const { key } = await createKey('--limits', '1/5/5')
  const ask = () =>
    fetch(`${api.url}/api/coupon/v1/validate?cpnNo=NOSUCH01`, {
      headers: { Authorization: `APIKey ${key}`, 'User-Agent': 'test' },
    })
  const allowed = await ask()
  expect([allowed.status, limitHeaders(allowed)]).toEqual([200, {}])
  const refused = await ask()
  expect([refused.status, limitHeaders(refused)]).toEqual([429, {}])
  expect(await refused.text()).not.toContain('3004')
  await api.stop()
})
