import type { ServiceProcess } from '@coupon-gateway/stack'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type SendOptions, send, startFakeUpstream, startGateway } from './gateway-under-test.ts'

let upstream: Awaited<ReturnType<typeof startFakeUpstream>>
let gateway: ServiceProcess
let calls = 0
beforeAll(async () => {
  const unknown = { code: 1001, message: 'No.', result: null, error: 'NOT_FOUND' }
  const unknowns = Array(9).fill({ valid: false, error: 'NOT_FOUND', coupon: null })
  upstream = await startFakeUpstream(({ url }, response) => {
    calls += 1
    const isBatch = url?.endsWith('/batch')
    response.end(JSON.stringify(isBatch ? { code: 0, message: '', result: unknowns } : unknown))
  })
  gateway = await startGateway(upstream)
})
afterAll(async () => {
  await gateway?.stop()
  upstream.close()
})

const document = (query: string): SendOptions => ({ body: { query } })
const times = (count: number, make: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => make(index)).join(' ')
const guesses = (count: number) =>
  times(count, (index) => `a${index}:validateCoupon(code:"GUESS${index + 1000}"){valid}`)
const redeems = (count: number, prefix = 'r') =>
  times(
    count,
    (index) =>
      `${prefix}${index}:redeemCoupon(input:{code:"GUESS${index + 1000}",idempotencyKey:"key-${index + 1000}"}){replayed}`,
  )
const codes = times(120, (index) => `"GUESS${index + 1000}"`)

/** What got through a server with its defaults: what is sent, and what the refusal must say. */
const ATTACKS: readonly [
  what: string,
  options: SendOptions,
  status: number,
  code: string,
  words: string,
][] = [
  [
    '30 aliases guessed 30 codes in one request',
    document(`{ ${guesses(30)} }`),
    400,
    'GRAPHQL_VALIDATION_FAILED',
    'at most 10 root fields, got 30',
  ],
  [
    '20 aliases hid in a fragment',
    document(`{ ...all } fragment all on Query { ${guesses(20)} }`),
    400,
    'GRAPHQL_VALIDATION_FAILED',
    'at most 10 root fields, got 20',
  ],
  ['200 aliases', document(`{ ${guesses(200)} }`), 400, 'GRAPHQL_PARSE_FAILED', '1000 tokens'],
  ['1000 aliases', document(`{ ${guesses(1_000)} }`), 413, 'BODY_TOO_LARGE', 'at most 32 KiB'],
  [
    '3 redeems in one document took effect one by one',
    document(`mutation { ${redeems(3)} }`),
    400,
    'GRAPHQL_VALIDATION_FAILED',
    'at most 1 write, such as `redeemCoupon`, got 3',
  ],
  [
    '3 redeems hid in fragments',
    document(
      `mutation { ${redeems(1)} ...a } fragment a on Mutation { ${redeems(1, 'a')} ...b }
       fragment b on Mutation { ... { ${redeems(1, 'b')} } }`,
    ),
    400,
    'GRAPHQL_VALIDATION_FAILED',
    'at most 1 write, such as `redeemCoupon`, got 3',
  ],
  [
    'a list of 120 codes',
    document(`{ validateCoupons(codes: [${codes}]) { valid } }`),
    200,
    'BAD_USER_INPUT',
    'at most 20 codes, got 120',
  ],
  [
    '20 levels of nesting',
    document(`{ validateCoupon(code: "GUESS1000") ${'{ coupon '.repeat(19)} ${'}'.repeat(19)} }`),
    400,
    'GRAPHQL_VALIDATION_FAILED',
    'at most 8 fields deep, got 20',
  ],
  [
    '20 levels of nesting hid in fragments',
    document(
      `{ validateCoupon(code: "GUESS1000") { ...a } }
       fragment a on CouponValidation { ${'coupon { '.repeat(9)} ...b ${'}'.repeat(9)} }
       fragment b on Coupon ${'{ coupon '.repeat(10)} ${'}'.repeat(10)}`,
    ),
    400,
    'GRAPHQL_VALIDATION_FAILED',
    'at most 8 fields deep, got 20',
  ],
  [
    '300 aliases of __typename',
    document(`{ ${times(300, (index) => `a${index}:__typename`)} }`),
    400,
    'GRAPHQL_VALIDATION_FAILED',
    'at most 10 root fields, got 300',
  ],
  [
    'a batch of 100 operations',
    { body: Array(100).fill({ query: '{ __typename }' }) },
    400,
    'BAD_REQUEST',
    'batching disabled',
  ],
]

describe('an attack is refused before the upstream is asked:', () => {
  it.each(ATTACKS)('%s', async (_what, options, status, code, words) => {
    const callsBefore = calls
    const answer = await send(gateway, options)
    expect([answer.status, answer.errors[0]?.extensions.code]).toEqual([status, code])
    expect(answer.errors[0]?.message).toContain(words)
    expect(calls).toBe(callsBefore)
  })
})

it('10 root fields are answered', async () => {
  const answer = await send(gateway, document(`{ ${guesses(9)} rateLimit { cost } }`))
  expect(answer.errors).toEqual([])
  expect(answer.data).toMatchObject({ a0: { valid: false }, a8: { valid: false } })
})
