import { describe, expect, it } from 'vitest'
import type { Call } from '../call.ts'
import { readGraphqlAnswer } from './graphql.ts'

const redeem: Call = { coupon: 'CODE', operation: 'redeem', user: 'ada', key: 'key-0001' }
const readOutcome = (status: number, body: string, call = redeem) =>
  readGraphqlAnswer(call, { status, body, isReplay: false })

const answer = (payload: unknown, rest: object = {}) =>
  JSON.stringify({ data: { redeemCoupon: payload }, ...rest })
const refusal = (code: string) => ({ redemption: null, userErrors: [{ code }] })
const failure = (code: string) => answer(null, { errors: [{ extensions: { code } }] })

describe('readGraphqlAnswer', () => {
  it.each([
    ['a grant', 200, answer({ redemption: { id: 'r', ordinal: 7 }, userErrors: [] }), 'granted'],
    ['a refusal', 200, answer(refusal('EXHAUSTED')), 'rejected'],
    ['no answer', 0, '', 'unsettled'],
    ['a 502', 502, '<html>', 'unsettled'],
    ['a request that was not read in time', 408, failure('BAD_REQUEST'), 'unsettled'],
    [
      'an outcome that the gateway does not know',
      200,
      failure('UPSTREAM_OUTCOME_UNKNOWN'),
      'unsettled',
    ],
    [
      'a first try that is still running',
      200,
      answer(refusal('IDEMPOTENCY_CONCURRENT_REQUEST')),
      'unsettled',
    ],
    ['an upstream that did not answer in time', 200, failure('UPSTREAM_TIMEOUT'), 'unsettled'],
    ['a 503 that says why', 503, failure('OVERLOADED'), 'unsettled'],
    ['an error on our side', 200, failure('INTERNAL_SERVER_ERROR'), 'unexpected'],
    ['an error on our side with a 503', 503, failure('INTERNAL_SERVER_ERROR'), 'unexpected'],
    ['a 500', 500, '', 'unexpected'],
    ['an upstream that is overloaded', 200, failure('OVERLOADED'), 'unsettled'],
    ['a key without the scope', 200, failure('FORBIDDEN'), 'unexpected'],
    [
      'a grant beside an error',
      200,
      answer({ redemption: { id: 'r', ordinal: 1 }, userErrors: [] }, { errors: [{}] }),
      'unexpected',
    ],
    ['neither grant nor refusal', 200, answer({ redemption: null, userErrors: [] }), 'unexpected'],
    ['a 400', 400, failure('GRAPHQL_VALIDATION_FAILED'), 'unexpected'],
    ['no JSON', 200, 'hello', 'unexpected'],
  ])('reads %s', (_what, status, body, kind) => {
    expect(readOutcome(status, body).kind).toBe(kind)
  })

  it.each([true, false])('reads whether a grant is a replay: %s', (replayed) => {
    const body = answer({ redemption: { id: 'r', ordinal: 7 }, replayed, userErrors: [] })
    expect(readOutcome(200, body)).toEqual({
      kind: 'granted',
      redemptionId: 'r',
      ordinal: 7,
      replayed,
    })
  })
})

describe('readGraphqlAnswer of the other operations', () => {
  const call = (operation: Call['operation']): Call => ({ ...redeem, operation })
  const answerOf = (field: string, payload: unknown) =>
    JSON.stringify({ data: { [field]: payload } })

  it.each([
    [
      'validate',
      'validateCoupon',
      { valid: false, reason: 'EXHAUSTED' },
      { kind: 'validated', valid: false, reason: 'EXHAUSTED' },
    ],
    [
      'reserve',
      'reserveCoupon',
      {
        redemption: { id: 'r', ordinal: 1, expiresAt: '2026-11-24T07:29:20.381Z' },
        replayed: false,
        userErrors: [],
      },
      {
        kind: 'granted',
        redemptionId: 'r',
        ordinal: 1,
        replayed: false,
        expiresAt: Date.UTC(2026, 10, 24, 7, 29, 20, 381),
      },
    ],
    [
      'confirm',
      'confirmReservation',
      { redemption: { id: 'r' }, replayed: true, userErrors: [] },
      { kind: 'done', replayed: true },
    ],
    [
      'rollback',
      'rollbackRedemption',
      { redemption: null, replayed: false, userErrors: [{ code: 'ALREADY_ROLLED_BACK' }] },
      { kind: 'rejected', reason: 'ALREADY_ROLLED_BACK' },
    ],
    [
      'delete',
      'deleteCoupon',
      { replayed: false, userErrors: [] },
      { kind: 'done', replayed: false },
    ],
    [
      'list',
      'redemptions',
      { nodes: [{ id: 'a' }, { id: 'b' }], pageInfo: { hasNextPage: true, endCursor: 'c' } },
      { kind: 'listed', rows: 2, next: 'c', ids: ['a', 'b'] },
    ],
  ] as const)('%s', (operation, field, payload, outcome) => {
    expect(readOutcome(200, answerOf(field, payload), call(operation))).toEqual(outcome)
  })
})
