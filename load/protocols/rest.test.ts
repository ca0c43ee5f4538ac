import { describe, expect, it } from 'vitest'
import type { Call } from '../call.ts'
import type { Endpoint } from '../plan.ts'
import { readRestAnswer, restRequest } from './rest.ts'

const endpoint: Endpoint = { protocol: 'rest', url: 'http://api', key: 'secret' }
const call = (operation: Call['operation'], rest: Partial<Call> = {}): Call => ({
  coupon: 'CODE0001',
  operation,
  user: 'ada',
  key: 'key-0001',
  ...rest,
})
const envelope = (error: string | null, result: unknown = null) =>
  JSON.stringify({ code: error === null ? 0 : 1, message: '', result, ...(error && { error }) })
const read = (operation: Call['operation'], status: number, body: string, isReplay = false) =>
  readRestAnswer(call(operation), { status, body, isReplay })

describe('restRequest', () => {
  it('sends the key of the caller and of the intention, and asks for the redemption', () => {
    expect(restRequest(endpoint, call('redeem', { password: '2468' }))).toEqual({
      method: 'PUT',
      url: 'http://api/api/coupon/v1/redeem',
      headers: {
        Authorization: 'APIKey secret',
        'Content-Type': 'application/json',
        'Idempotency-Key': 'key-0001',
        Prefer: 'return=representation',
      },
      body: '{"cpnNo":"CODE0001","userId":"ada","onsitePwd":"2468"}',
    })
  })

  it('asks in the query what only reads, without what is not there', () => {
    const list = call('list', { user: null, key: null, after: 'id-1' })
    expect(restRequest(endpoint, list)).toMatchObject({
      method: 'GET',
      url: 'http://api/api/coupon/v1/redemptions?cpnNo=CODE0001&cursor=id-1&limit=100',
      body: null,
    })
  })
})

describe('readRestAnswer', () => {
  it('reads a grant, and whether it is a replay', () => {
    const body = envelope(null, { redemptionId: 'r', ordinal: 7, useCnt: 7, remaining: 0 })
    expect(read('redeem', 200, body, true)).toEqual({
      kind: 'granted',
      redemptionId: 'r',
      ordinal: 7,
      replayed: true,
    })
  })

  it('reads a reservation with its end', () => {
    const result = { reservationId: 'r', ordinal: 1, expiresAt: '2026-11-24T07:29:20.381Z' }
    expect(read('reserve', 200, envelope(null, result))).toEqual({
      kind: 'granted',
      redemptionId: 'r',
      ordinal: 1,
      replayed: false,
      expiresAt: Date.UTC(2026, 10, 24, 7, 29, 20, 381),
    })
  })

  it.each([
    [envelope(null, { cpnNo: 'CODE0001' }), true, null],
    [envelope('EXHAUSTED'), false, 'EXHAUSTED'],
  ])('reads a validation', (body, valid, reason) => {
    expect(read('validate', 200, body)).toEqual({ kind: 'validated', valid, reason })
  })

  it('reads the rows of a page and of an export', () => {
    const rows = ['a', 'b'].map((redemptionId) => ({ redemptionId }))
    const page = envelope(null, { redemptions: rows, nextCursor: 'id-2' })
    const listed = { kind: 'listed', rows: 2, ids: ['a', 'b'] }
    expect(read('list', 200, page)).toEqual({ ...listed, next: 'id-2' })
    const lines = rows.map((row) => `${JSON.stringify(row)}\n`).join('')
    expect(read('export', 200, lines)).toEqual({ ...listed, next: null })
  })

  it.each([
    ['a refusal', 'redeem', 200, envelope('EXHAUSTED'), 'rejected'],
    ['a caller who is locked out', 'redeem', 429, envelope('TOO_MANY_ATTEMPTS'), 'rejected'],
    ['a settled reservation', 'confirm', 200, envelope(null, {}), 'done'],
    ['no answer', 'redeem', 0, '', 'unsettled'],
    ['a rate limit', 'redeem', 429, envelope('RATE_LIMITED'), 'unsettled'],
    ['an api that is overloaded', 'redeem', 503, envelope('OVERLOADED'), 'unsettled'],
    ['a proxy without an api', 'redeem', 502, '<html>', 'unsettled'],
    [
      'a first try that still runs',
      'redeem',
      409,
      envelope('IDEMPOTENCY_CONCURRENT_REQUEST'),
      'unsettled',
    ],
    ['an error on our side', 'redeem', 500, envelope('INTERNAL'), 'unexpected'],
    ['a call that is wrong', 'redeem', 400, envelope('INVALID_INPUT'), 'unexpected'],
    ['a key that is not known', 'redeem', 401, envelope('UNAUTHENTICATED'), 'unexpected'],
    ['a grant without its redemption', 'redeem', 200, envelope(null), 'unexpected'],
    ['no JSON', 'redeem', 200, 'hello', 'unexpected'],
    ['a code without its symbol', 'redeem', 200, '{"code":9}', 'unexpected'],
  ] as const)('reads %s', (_what, operation, status, body, kind) => {
    expect(read(operation, status, body).kind).toBe(kind)
  })
})
