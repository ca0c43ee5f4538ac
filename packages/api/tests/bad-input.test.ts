import type { ServiceProcess } from '@coupon-gateway/stack'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  type CallOptions,
  call,
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
const longCode = 'A'.repeat(10_000)

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
  ['an unknown route', '/nothing', {}, 404, 'ROUTE_NOT_FOUND'],
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

  it('redeemed nothing by all that', async () => {
    const { body } = await call(api.url, '/validate?cpnNo=WELCOME10')
    expect(body.result.useCnt).toBe(0)
  })
})
