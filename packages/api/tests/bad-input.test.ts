import type { ServiceProcess } from '@coupon-gateway/stack'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  type CallOptions,
  call,
  callRaw,
  type DatabasePlace,
  onPglite,
  startApiProcess,
} from './api-under-test.ts'

let place: DatabasePlace
let api: ServiceProcess
beforeAll(async () => {
  place = await onPglite()
  api = await startApiProcess(place)
})
afterAll(async () => {
  await api.stop()
  await place.remove()
})

const put = (body: unknown, rest: CallOptions = {}): CallOptions => ({
  method: 'PUT',
  body,
  ...rest,
})
const post = (body: unknown): CallOptions => ({ method: 'POST', body })
const coupon = { discTypeIdx: 457, disc: 10 }
const HANGUL = /[가-힣]/
const longCode = 'A'.repeat(10_000)
const longName = 'n'.repeat(60_000)
const unknownFields = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`u${index}`, 1]))

/** What is sent, the HTTP status, the symbol, and the field that the answer must name. */
const BAD_INPUT: readonly [
  what: string,
  path: string,
  options: CallOptions,
  status: number,
  error: string,
  field?: string,
][] = [
  ['no body', '/redeem', { method: 'PUT' }, 400, 'INVALID_INPUT', 'body'],
  ['an empty body', '/redeem', put(''), 400, 'INVALID_INPUT', 'body'],
  ['broken JSON', '/redeem', put('{"cpnNo":'), 400, 'INVALID_INPUT', 'body'],
  ['a list as body', '/redeem', put([]), 400, 'INVALID_INPUT', 'body'],
  ['null as body', '/redeem', put('null'), 400, 'INVALID_INPUT', 'body'],
  ['__proto__ in the body', '/redeem', put('{"__proto__":{}}'), 400, 'INVALID_INPUT', 'body'],
  [
    '5,000 unknown fields, which were answered one by one with 4 MB',
    '/create',
    post(unknownFields(5_000)),
    400,
    'INVALID_INPUT',
    'body',
  ],
  [
    '1,000 unknown parameters',
    `/validate?cpnNo=WELCOME10&${new URLSearchParams(unknownFields(1_000) as never)}`,
    {},
    400,
    'INVALID_INPUT',
    'query',
  ],
  [
    'a field name of 60 kB, which was repeated twice',
    '/create',
    post({ ...coupon, [longName]: 1 }),
    400,
    'INVALID_INPUT',
    `${longName.slice(0, 63)}…`,
  ],
  [
    'a list of 5,000 items, which was repeated as a whole',
    '/create',
    post({ ...coupon, onsiteYn: Array.from({ length: 5_000 }, () => [1]) }),
    400,
    'INVALID_INPUT',
    'onsiteYn',
  ],
  [
    'an object of 5,000 fields, which was repeated as a whole',
    '/create',
    post({ ...coupon, onsiteYn: unknownFields(5_000) }),
    400,
    'INVALID_INPUT',
    'onsiteYn',
  ],
  [
    'lists nested 30,000 deep, which overflowed the stack when they were repeated',
    '/create',
    post(`{"discTypeIdx":457,"disc":1,"onsiteYn":${'['.repeat(30_000)}${']'.repeat(30_000)}}`),
    400,
    'INVALID_INPUT',
    'onsiteYn',
  ],
  [
    'a path that cannot be decoded, which Fastify answered itself',
    '/%zz',
    {},
    400,
    'INVALID_INPUT',
    'path',
  ],
  ['no code', '/redeem', put({}), 400, 'INVALID_INPUT', 'cpnNo'],
  ['no code in the query', '/validate', {}, 400, 'INVALID_INPUT', 'cpnNo'],
  ['two codes in the query', '/validate?cpnNo=A&cpnNo=B', {}, 400, 'INVALID_INPUT', 'cpnNo'],
  ['a number as code', '/redeem', put({ cpnNo: 12345678 }), 400, 'INVALID_INPUT', 'cpnNo'],
  ['an empty code', '/redeem', put({ cpnNo: '' }), 400, 'INVALID_INPUT', 'cpnNo'],
  ['an empty code in the query', '/validate?cpnNo=', {}, 400, 'INVALID_INPUT', 'cpnNo'],
  ['a code of 10 kB', '/redeem', put({ cpnNo: longCode }), 400, 'INVALID_INPUT', 'cpnNo'],
  [
    'a code of 10 kB in the query',
    `/validate?cpnNo=${longCode}`,
    {},
    400,
    'INVALID_INPUT',
    'cpnNo',
  ],
  ['SQL as code', '/redeem', put({ cpnNo: "' or 1=1 --" }), 400, 'INVALID_INPUT', 'cpnNo'],
  [
    'a number as userId',
    '/redeem',
    put({ cpnNo: 'WELCOME10', userId: 1 }),
    400,
    'INVALID_INPUT',
    'userId',
  ],
  [
    'NUL in userId',
    '/redeem',
    put({ cpnNo: 'WELCOME10', userId: 'a\0' }),
    400,
    'INVALID_INPUT',
    'userId',
  ],
  [
    'half a surrogate pair',
    '/create',
    post('{"discTypeIdx":457,"disc":1,"userNm":"\\ud800"}'),
    400,
    'INVALID_INPUT',
    'userNm',
  ],
  [
    'a memo of 501 characters',
    '/redeem',
    put({ cpnNo: 'WELCOME10', memo: 'm'.repeat(501) }),
    400,
    'INVALID_INPUT',
    'memo',
  ],
  [
    'an unknown field',
    '/redeem',
    put({ cpnNo: 'WELCOME10', couponNo: 'x' }),
    400,
    'INVALID_INPUT',
    'couponNo',
  ],
  ['an unknown parameter', '/validate?cpnNo=WELCOME10&x=1', {}, 400, 'INVALID_INPUT', 'x'],
  [
    'a create without discount',
    '/create',
    post({ discTypeIdx: 457 }),
    400,
    'INVALID_INPUT',
    'disc',
  ],
  [
    'an unknown discount type',
    '/create',
    post({ ...coupon, discTypeIdx: 1 }),
    400,
    'INVALID_INPUT',
    'discTypeIdx',
  ],
  ['101 percent', '/create', post({ ...coupon, disc: 101 }), 400, 'INVALID_INPUT', 'disc'],
  [
    'an amount without currency',
    '/create',
    post({ discTypeIdx: 458, disc: 1 }),
    400,
    'INVALID_INPUT',
    'discCurrency',
  ],
  [
    'an unknown currency',
    '/create',
    post({ ...coupon, discCurrency: 'XXX' }),
    400,
    'INVALID_INPUT',
    'discCurrency',
  ],
  [
    'half a won',
    '/create',
    post({ discTypeIdx: 458, disc: 0.5, discCurrency: 'KRW' }),
    400,
    'INVALID_INPUT',
    'disc',
  ],
  ['infinity', '/create', post('{"discTypeIdx":457,"disc":1e400}'), 400, 'INVALID_INPUT', 'disc'],
  [
    'no day of the calendar',
    '/create',
    post({ ...coupon, endYmd: '2026-02-30' }),
    400,
    'INVALID_INPUT',
    'endYmd',
  ],
  [
    'an end before the start',
    '/create',
    post({ ...coupon, strtYmd: '2026-02-02', endYmd: '2026-02-01' }),
    400,
    'INVALID_INPUT',
    'endYmd',
  ],
  [
    'a negative limit',
    '/create',
    post({ ...coupon, useLimit: -1 }),
    400,
    'INVALID_INPUT',
    'useLimit',
  ],
  ['half a limit', '/create', post({ ...coupon, useLimit: 1.5 }), 400, 'INVALID_INPUT', 'useLimit'],
  [
    'a limit of 2^40',
    '/create',
    post({ ...coupon, useLimit: 2 ** 40 }),
    400,
    'INVALID_INPUT',
    'useLimit',
  ],
  [
    'a code of a length not on offer',
    '/create',
    post({ ...coupon, cpnNoDigits: 9 }),
    400,
    'INVALID_INPUT',
    'cpnNoDigits',
  ],
  [
    'a password without on-site use',
    '/create',
    post({ ...coupon, onsitePwd: '1' }),
    400,
    'INVALID_INPUT',
    'onsitePwd',
  ],
  ['a bad change', '/update', put({ cpnNo: 'FUTURE001', disc: 0 }), 400, 'INVALID_INPUT', 'disc'],
  [
    'an empty idempotency key',
    '/redeem',
    put({ cpnNo: 'WELCOME10' }, { headers: { 'Idempotency-Key': '""' } }),
    400,
    'INVALID_INPUT',
    'Idempotency-Key',
  ],
  [
    'a key with an unbalanced quote, "abc, which was taken as abc',
    '/redeem',
    put({ cpnNo: 'WELCOME10' }, { headers: { 'Idempotency-Key': '"abc' } }),
    400,
    'INVALID_INPUT',
    'Idempotency-Key',
  ],
  [
    'a key with an unbalanced quote, abc", which was taken as abc',
    '/redeem',
    put({ cpnNo: 'WELCOME10' }, { headers: { 'Idempotency-Key': 'abc"' } }),
    400,
    'INVALID_INPUT',
    'Idempotency-Key',
  ],
  [
    'a key of 256 characters',
    '/redeem',
    put({ cpnNo: 'WELCOME10' }, { headers: { 'Idempotency-Key': 'k'.repeat(256) } }),
    400,
    'INVALID_INPUT',
    'Idempotency-Key',
  ],
  [
    'text/plain',
    '/redeem',
    put('{}', { headers: { 'Content-Type': 'text/plain' } }),
    415,
    'UNSUPPORTED_MEDIA_TYPE',
  ],
  [
    'a form',
    '/redeem',
    put('cpnNo=A', { headers: { 'Content-Type': 'application/x-www-form-urlencoded' } }),
    415,
    'UNSUPPORTED_MEDIA_TYPE',
  ],
  ['a body of 100 kB', '/redeem', put({ cpnNo: 'A'.repeat(100_000) }), 413, 'BODY_TOO_LARGE'],
  [
    'a field that is given twice, of which the last was taken',
    '/redeem',
    put('{"cpnNo":"WELCOME10","userId":"ada","userId":"bob"}'),
    400,
    'INVALID_INPUT',
    'userId',
  ],
  [
    'a number with more digits than a number keeps, which was rounded',
    '/create',
    post('{"discTypeIdx":457,"disc":10.00000000000000000001}'),
    400,
    'INVALID_INPUT',
    'disc',
  ],
  [
    'constructor.prototype in the body',
    '/redeem',
    put('{"constructor":{"prototype":{}}}'),
    400,
    'INVALID_INPUT',
    'body',
  ],
  [
    'an id of 5,000 characters in the path, which was called broken JSON',
    `/redemptions/${'a'.repeat(5_000)}`,
    {},
    400,
    'INVALID_INPUT',
    'path',
  ],
  ['an unknown route', '/nothing', {}, 404, 'ROUTE_NOT_FOUND'],
  [
    'broken JSON on an unknown route, which was answered as broken JSON',
    '/nothing',
    put('{"cpnNo":'),
    404,
    'ROUTE_NOT_FOUND',
  ],
  [
    'a field in the query of a call with a body, which was passed over',
    '/redeem?userId=ada',
    put({ cpnNo: 'WELCOME10' }),
    400,
    'INVALID_INPUT',
    'userId',
  ],
  ['a known route with another method', '/redeem', {}, 404, 'ROUTE_NOT_FOUND'],
  ['no key', '/validate?cpnNo=WELCOME10', { key: null }, 401, 'UNAUTHENTICATED'],
  ['a wrong key', '/validate?cpnNo=WELCOME10', { key: 'nobody' }, 401, 'UNAUTHENTICATED'],
  [
    'another scheme',
    '/validate?cpnNo=WELCOME10',
    { key: null, headers: { Authorization: 'Bearer demo_personal_key' } },
    401,
    'UNAUTHENTICATED',
  ],
  [
    'a key of the Free plan',
    '/redeem',
    put({ cpnNo: 'WELCOME10' }, { key: 'demo_free_key' }),
    403,
    'PLAN_UPGRADE_REQUIRED',
  ],
  ['no on-site password', '/redeem', put({ cpnNo: 'INSTORE42' }), 200, 'ONSITE_PASSWORD_REQUIRED'],
  [
    'a wrong on-site password',
    '/redeem',
    put({ cpnNo: 'INSTORE42', onsitePwd: '1' }),
    200,
    'ONSITE_PASSWORD_WRONG',
  ],
]

describe('bad input gets a clear error and has no effect:', () => {
  it.each(BAD_INPUT)('%s', async (_what, path, options, status, error, field) => {
    const answer = await call(api.url, path, options)
    expect([answer.status, answer.body.error]).toEqual([status, error])
    expect(answer.body.code).toBeGreaterThan(1000)
    expect(answer.body.message).not.toBe('')
    // Nothing internal, and no answer that grows with the input.
    expect(answer.text).not.toMatch(/\bat \/|node_modules|select |insert |syntax|postgres|pglite/i)
    expect(answer.text.length).toBeLessThan(2_000)
    if (field !== undefined) {
      const problem = answer.body.result.find((it: { field: string }) => it.field === field)
      expect(problem).toEqual({
        field,
        problem: expect.stringMatching(/./),
        allowed: expect.stringMatching(/./),
      })
      expect(answer.body.message).toContain(field)
    }
  })

  it.each(BAD_INPUT)('%s, also in Korean', async (_what, path, options, status, error, field) => {
    const headers = { ...options.headers, 'Accept-Language': 'ko-KR,ko;q=0.9,en;q=0.8' }
    const answer = await call(api.url, path, { ...options, headers })
    expect([answer.status, answer.body.error]).toEqual([status, error])
    expect(answer.headers.get('Content-Language')).toBe('ko')
    expect(answer.headers.get('Vary')).toBe('Accept-Language')
    expect(answer.body.message).toMatch(HANGUL)
    if (field === undefined) return
    for (const { problem, allowed } of answer.body.result) {
      expect(problem).toMatch(HANGUL)
      expect(allowed).toMatch(HANGUL)
    }
  })

  it('a body that is not UTF-8 made one user of José and Josè, and is refused', async () => {
    for (const userId of ['José', 'Josè']) {
      const response = await fetch(`${api.url}/api/coupon/v1/redeem`, {
        method: 'PUT',
        headers: { Authorization: 'APIKey demo_personal_key', 'Content-Type': 'application/json' },
        body: Buffer.from(JSON.stringify({ cpnNo: 'FRIENDS05', userId }), 'latin1'),
      })
      expect(response.status).toBe(400)
      expect(await response.json()).toMatchObject({
        error: 'INVALID_INPUT',
        result: [{ field: 'body', problem: 'is not UTF-8' }],
      })
    }
  })

  it('64 unknown fields are answered with the first 20, and not with all of them', async () => {
    const { text, body } = await call(api.url, '/create', post(unknownFields(64)))
    expect(body.result).toHaveLength(20)
    // 64 unknown fields and 2 missing ones; the message names 3.
    expect(body.message).toContain('And 63 more; `result` lists up to 20.')
    expect(text.length).toBeLessThan(16_000)
  })

  it('a short text that escapes make long is measured, and not repeated', async () => {
    const { body } = await call(
      api.url,
      '/create',
      post({ ...coupon, onsiteYn: '\u0001'.repeat(40) }),
    )
    expect(body.result).toMatchObject([{ field: 'onsiteYn', problem: 'has 40 characters' }])
  })

  it('characters are counted as the rule counts them, and not an emoji as two', async () => {
    const memo = '😀'.repeat(501)
    const { body } = await call(api.url, '/redeem', put({ cpnNo: 'WELCOME10', memo }))
    expect(body.result).toMatchObject([{ field: 'memo', problem: 'has 501 characters' }])
  })

  it('an empty body is called missing, and not unreadable', async () => {
    const { body } = await call(api.url, '/redeem', put(''))
    expect(body.result).toMatchObject([{ field: 'body', problem: 'is missing' }])
  })

  it('an on-site password that comes as a number is not repeated either', async () => {
    const answer = await call(api.url, '/redeem', put({ cpnNo: 'INSTORE42', onsitePwd: 987654 }))
    expect(answer.body.result).toMatchObject([{ field: 'onsitePwd', problem: 'is a number' }])
    expect(answer.text).not.toContain('987654')
  })

  it('redeemed nothing by all that', async () => {
    const { body } = await call(api.url, '/validate?cpnNo=WELCOME10')
    expect(body.result.useCnt).toBe(0)
  })
})

const AS_SHOP = 'Host: api\r\nAuthorization: APIKey demo_personal_key\r\n'
const VALIDATE = 'GET /api/coupon/v1/validate?cpnNo=WELCOME10 HTTP/1.1\r\n'
const REDEEM = `PUT /api/coupon/v1/redeem HTTP/1.1\r\n${AS_SHOP}Content-Type: application/json\r\n`

/** What is written on the connection, the HTTP status, and the field that the answer must name. */
const BAD_HTTP: readonly [what: string, request: string, status: number, field: string][] = [
  ['what is no HTTP', 'hello\r\n\r\n', 400, 'request'],
  ['an unknown method', `BREW /pot HTTP/1.1\r\n${AS_SHOP}\r\n`, 400, 'request'],
  ['another version', `GET / HTTP/4.2\r\n${AS_SHOP}\r\n`, 400, 'request'],
  [
    'Content-Length with Transfer-Encoding',
    `${REDEEM}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}`,
    400,
    'request',
  ],
  ['two lengths', `${REDEEM}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}`, 400, 'request'],
  ['a broken chunk', `${REDEEM}Transfer-Encoding: chunked\r\n\r\nzz\r\n{}`, 400, 'request'],
  ['headers of 20 kB', `${VALIDATE}${AS_SHOP}X: ${'x'.repeat(20_000)}\r\n\r\n`, 431, 'request'],
  ['a path of 20 kB', `GET /${'x'.repeat(20_000)} HTTP/1.1\r\n${AS_SHOP}\r\n`, 431, 'request'],
  ['two Hosts', `${VALIDATE}${AS_SHOP}Host: other\r\nConnection: close\r\n\r\n`, 400, 'Host'],
  ['no Host', `${VALIDATE}Connection: close\r\n\r\n`, 400, 'Host'],
]

describe('bad HTTP was answered outside the envelope, and is not any more:', () => {
  it.each(BAD_HTTP)('%s', async (_what, request, status, field) => {
    const answer = await callRaw(api.url, request)
    expect(answer).toMatchObject({
      status,
      body: { code: 2001, error: 'INVALID_INPUT', result: [{ field }] },
    })
    expect(answer?.body.message).toContain(field)
    expect(answer?.text.length).toBeLessThan(500)
    expect(answer?.headers.get('Content-Type')).toBe('application/json; charset=utf-8')
    expect(answer?.headers.get('Cache-Control')).toBe('no-store')
    expect(answer?.headers.get('X-Request-Id')).toMatch(/^[0-9a-f-]{36}$/)
  })

  it('an unknown Expect is passed over', async () => {
    const answer = await callRaw(
      api.url,
      `${VALIDATE}${AS_SHOP}Connection: close\r\nExpect: tea\r\n\r\n`,
    )
    expect(answer).toMatchObject({ status: 200, body: { code: 0 } })
  })

  it('what follows a call on its connection is not answered in its place', async () => {
    // Before the call is answered, and it may have its effect: its caller must not be told that it was refused.
    const body = JSON.stringify({ cpnNo: 'WELCOME10' })
    const call = `${REDEEM}Content-Length: ${body.length}\r\n\r\n${body}`
    expect(await callRaw(api.url, `${call}no HTTP\r\n\r\n`)).toBeUndefined()
  })

  // A proxy before the service may see another end of the request than the service does, and what follows it
  // comes out as a request of somebody else.
  it.each([
    ['a transfer coding that is not known', 'Transfer-Encoding: xchunked'],
    ['chunked that is not the last coding', 'Transfer-Encoding: chunked, gzip'],
    ['chunked twice', 'Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked'],
    ['identity with a length', 'Transfer-Encoding: identity\r\nContent-Length: 5'],
    ['a space before the colon', 'Transfer-Encoding : chunked'],
    ['a folded line', 'Transfer-Encoding:\r\n chunked'],
    ['a line that ends with LF', 'X: 1\nTransfer-Encoding: chunked'],
    ['a line that ends with CR', 'X: 1\rTransfer-Encoding: chunked'],
    ['a length with a sign', 'Content-Length: +5'],
    ['a length in hex', 'Content-Length: 0x5'],
    ['a list of lengths', 'Content-Length: 5, 5'],
    ['a length that overflows', 'Content-Length: 18446744073709551621'],
    ['NUL in a value', 'X: \0'],
    ['a name of two words', 'X Y: 1'],
    ['a chunk of more than there can be', 'Transfer-Encoding: chunked', 'fffffffffffffffff\r\n'],
    [
      'a chunk with 20 kB of extensions',
      'Transfer-Encoding: chunked',
      `5;${'x'.repeat(20_000)}\r\n`,
    ],
    ['a chunk line that ends with LF', 'Transfer-Encoding: chunked', '5\n'],
  ])('smuggles nothing in by %s', async (_what, header, chunk = '0\r\n\r\n') => {
    const body = '{"cpnNo":"SINGLEUSE1"}'
    const smuggled = `${REDEEM}Content-Length: ${body.length}\r\n\r\n${body}`
    const answer = await callRaw(api.url, `${REDEEM}${header}\r\n\r\n${chunk}${smuggled}`)
    // One answer, or what came would be no JSON, and the connection was closed after it.
    expect(answer).toMatchObject({ body: { error: 'INVALID_INPUT' } })
    const { body: coupon } = await call(api.url, '/validate?cpnNo=SINGLEUSE1')
    expect(coupon.result.useCnt).toBe(0)
  })

  it.each(['OPTIONS *', 'OPTIONS /api/coupon/v1/redeem', 'TRACE /api/coupon/v1/redeem'])(
    '%s says nothing of the request or the service',
    async (line) => {
      const request = `${line} HTTP/1.1\r\n${AS_SHOP}X-Echo: marked\r\nConnection: close\r\n\r\n`
      const answer = await callRaw(api.url, request)
      expect(answer).toMatchObject({ status: 404, body: { error: 'ROUTE_NOT_FOUND' } })
      expect(JSON.stringify([answer?.text, ...(answer?.headers ?? [])])).not.toMatch(/marked|demo_/)
      expect(answer?.headers.has('Server')).toBe(false)
    },
  )

  it('CONNECT gets no tunnel', async () => {
    const answer = await callRaw(api.url, 'CONNECT 127.0.0.1:22 HTTP/1.1\r\nHost: api\r\n\r\n')
    expect(answer).toBeUndefined()
  })

  it('HEAD has the headers of GET and no body', async () => {
    const options = { headers: { Authorization: 'APIKey demo_personal_key' } }
    const url = `${api.url}/api/coupon/v1/validate?cpnNo=WELCOME10`
    const head = await fetch(url, { ...options, method: 'HEAD' })
    const get = await fetch(url, options)
    expect([head.status, await head.text()]).toEqual([200, ''])
    expect(head.headers.get('Content-Length')).toBe(get.headers.get('Content-Length'))
  })

  it('who asks before sending a body that is too large is not told to send it', async () => {
    const answer = await callRaw(
      api.url,
      `${REDEEM}Content-Length: 2000000\r\nExpect: 100-continue\r\n\r\n`,
    )
    expect(answer).toMatchObject({ status: 413, body: { error: 'BODY_TOO_LARGE' } })
  })

  it('every answer tells a browser to run, frame, guess and keep nothing of it', async () => {
    const { headers } = await call(api.url, '/validate?cpnNo=WELCOME10')
    expect(Object.fromEntries(headers)).toMatchObject({
      'cache-control': 'no-store',
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
    })
  })

  it('the key of a caller does not get into the log with it', () => {
    expect(api.output()).not.toContain('demo_personal_key')
  })
})
