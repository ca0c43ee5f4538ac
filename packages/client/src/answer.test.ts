import { describe, expect, it } from 'vitest'
import { readAnswer } from './answer.ts'
import type { CallEffect } from './call.ts'

const READ: CallEffect = { kind: 'read' }
const WRITE: CallEffect = { kind: 'write', idempotencyKey: 'key-1' }

function read(status: number, body: unknown, effect = WRITE, headers: Record<string, string> = {}) {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  return readAnswer({ status, headers, body: text }, effect, 0)
}

const envelope = (code: number, error?: string, result: unknown = null) => ({
  code,
  message: 'for people',
  result,
  error,
})

describe('readAnswer: the envelope', () => {
  it.each([
    [{ code: 0, message: '', result: 'x' }],
    [{ code: 0, message: null, result: 'x' }],
    [{ code: 0, result: 'x' }],
  ])('takes %j for success', (body) => {
    expect(read(200, body)).toEqual({
      kind: 'answered',
      answer: { kind: 'done', result: 'x', replayed: false },
    })
  })

  it.each([['<html>'], [''], ['null'], ['[]'], ['{}'], ['{"code":"0"}'], ['{"code":0']])(
    'takes a 200 with %j for no answer of the contract: final for a read, open for a write',
    (body) => {
      expect(read(200, body, READ)).toMatchObject({
        kind: 'failed',
        error: { code: 'BAD_RESPONSE' },
      })
      expect(read(200, body, WRITE)).toMatchObject({ kind: 'transient' })
    },
  )

  it('reads a code that is not zero as a rejection, under a 3xx status too', () => {
    for (const status of [200, 302]) {
      expect(read(status, envelope(1004, 'EXHAUSTED'))).toMatchObject({
        kind: 'answered',
        answer: { kind: 'rejected', symbol: 'EXHAUSTED', code: 1004, message: 'for people' },
      })
    }
  })

  it('reads a rejection without a symbol as one of unknown meaning, whatever its number', () => {
    expect(read(200, envelope(1001))).toMatchObject({ answer: { symbol: null, code: 1001 } })
  })

  it('knows a replay by its header', () => {
    expect(read(200, envelope(0), WRITE, { 'idempotency-replayed': 'true' })).toMatchObject({
      answer: { kind: 'done', replayed: true },
    })
  })
})

describe('readAnswer: problems with the call', () => {
  it.each([
    [401, envelope(3001, 'UNAUTHENTICATED'), 'UNAUTHENTICATED'],
    [401, 'no', 'UNAUTHENTICATED'],
    [403, envelope(3002, 'FORBIDDEN'), 'FORBIDDEN'],
    [403, '<html>blocked user agent', 'FORBIDDEN'],
    [403, envelope(3003, 'PLAN_UPGRADE_REQUIRED'), 'PLAN_UPGRADE_REQUIRED'],
    [400, envelope(2001, 'INVALID_INPUT', []), 'INVALID_INPUT'],
    [413, envelope(2006, 'BODY_TOO_LARGE'), 'INVALID_INPUT'],
    [400, 'Bad Request', 'BAD_RESPONSE'],
    [404, '<html>', 'BAD_RESPONSE'],
    [404, envelope(2007, 'ROUTE_NOT_FOUND'), 'BAD_RESPONSE'],
    [415, envelope(2005, 'UNSUPPORTED_MEDIA_TYPE'), 'BAD_RESPONSE'],
    [409, 'Conflict', 'BAD_RESPONSE'],
    [422, 'Unprocessable', 'BAD_RESPONSE'],
    [302, '', 'BAD_RESPONSE'],
  ])('takes HTTP %i with %j for final: %s', (status, body, code) => {
    expect(read(status, body)).toMatchObject({ kind: 'failed', error: { code } })
  })

  it('names the fields of INVALID_INPUT in our terms', () => {
    const problems = [
      { field: 'strtYmd', problem: 'is no day', allowed: 'a day as YYYY-MM-DD' },
      { field: 'cpnNo', problem: 'is too short', allowed: '8 to 16' },
      { field: 'somethingNew', problem: 'is odd', allowed: 'even' },
    ]
    expect(read(400, envelope(2001, 'INVALID_INPUT', problems))).toMatchObject({
      error: {
        code: 'INVALID_INPUT',
        problems: [{ field: 'startsOn' }, { field: 'code' }, { field: 'somethingNew' }],
      },
    })
  })

  it.each([[500], [502], [503], [504], [520], [408]])(
    'takes HTTP %i for a sign of nothing: it may have had its effect',
    (status) => {
      expect(read(status, '<html>')).toMatchObject({
        kind: 'transient',
        error: { code: 'UNAVAILABLE' },
      })
    },
  )

  it('takes OVERLOADED and 429 for proof of no effect', () => {
    const headers = { 'retry-after': '3' }
    expect(read(503, envelope(5001, 'OVERLOADED'), WRITE, headers)).toMatchObject({
      kind: 'throttled',
      retryAfterMs: 3_000,
      error: { code: 'OVERLOADED', retryAfterMs: 3_000 },
    })
    expect(read(429, 'slow down')).toMatchObject({
      kind: 'throttled',
      retryAfterMs: null,
      error: { code: 'RATE_LIMITED', retryAfterMs: null },
    })
  })

  it('takes TOO_MANY_ATTEMPTS for a rejection, although its status is that of throttling', () => {
    const headers = { 'retry-after': '60' }
    expect(read(429, envelope(1009, 'TOO_MANY_ATTEMPTS'), WRITE, headers)).toMatchObject({
      kind: 'answered',
      answer: { kind: 'rejected', symbol: 'TOO_MANY_ATTEMPTS', retryAfterMs: 60_000 },
    })
  })

  it('takes a refused key for an answer to a write, and for nonsense to a read', () => {
    const reused = envelope(2003, 'IDEMPOTENCY_KEY_REUSED')
    const busy = envelope(2004, 'IDEMPOTENCY_CONCURRENT_REQUEST')
    expect(read(422, reused)).toEqual({ kind: 'answered', answer: { kind: 'key-reused' } })
    expect(read(409, busy)).toEqual({ kind: 'key-in-use', retryAfterMs: null })
    expect(read(422, reused, READ)).toMatchObject({ error: { code: 'BAD_RESPONSE' } })
    expect(read(409, busy, READ)).toMatchObject({ error: { code: 'BAD_RESPONSE' } })
  })
})
