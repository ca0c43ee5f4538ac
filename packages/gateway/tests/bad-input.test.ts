import {
  RedeemCouponDocument,
  type RedeemCouponInput,
  ValidateCouponDocument,
  ValidateCouponsDocument,
} from '@coupon-gateway/schema'
import type { ServiceProcess } from '@coupon-gateway/stack'
import { print } from 'graphql'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  type Answer,
  ask,
  createCoupon,
  type Folder,
  makeFolder,
  redeem,
  type SendOptions,
  send,
  startApi,
  startGateway,
} from './gateway-under-test.ts'

let data: Folder
let api: ServiceProcess
let gateway: ServiceProcess
beforeAll(async () => {
  data = await makeFolder()
  api = await startApi(data)
  gateway = await startGateway(api)
})
afterAll(async () => {
  await gateway?.stop()
  await api?.stop()
  await data.remove()
})

const BODY_LIMIT = 32 * 1024
const longText = 'A'.repeat(10_000)
const typename = { query: '{ __typename }' }
const document = (query: string, variables?: unknown): SendOptions => ({
  body: { query, variables },
})
const validate = (variables: unknown) => document(print(ValidateCouponDocument), variables)
const validateMany = (codes: unknown) => document(print(ValidateCouponsDocument), { codes })
const redeemWith = (input: object, key = 'sk_demo'): SendOptions => ({
  ...document(print(RedeemCouponDocument), {
    input: { code: 'WELCOME10', idempotencyKey: 'key-of-bad-input', ...input },
  }),
  key,
})
const typed = (contentType: string, body: unknown = '{"query":"{ __typename }"}'): SendOptions => ({
  body,
  headers: { 'Content-Type': contentType },
})

/** What is sent, the HTTP status, the code, and the words that the message must hold. */
const BAD_INPUT: readonly [
  what: string,
  options: SendOptions,
  status: number,
  code: string,
  ...words: string[],
][] = [
  // The HTTP request.
  ['no body', { headers: { 'Content-Type': 'application/json' } }, 400, 'BAD_REQUEST', 'body'],
  ['an empty body', { body: '' }, 400, 'BAD_REQUEST', 'body', 'JSON object'],
  ['broken JSON', { body: '{"query":' }, 400, 'BAD_REQUEST', 'body', 'JSON object'],
  ['__proto__ in the body', { body: '{"__proto__":{}}' }, 400, 'BAD_REQUEST', 'JSON object'],
  ['a list as body', { body: [typename] }, 400, 'BAD_REQUEST', 'batching disabled'],
  ['null as body', { body: 'null' }, 400, 'BAD_REQUEST', 'body', 'JSON object'],
  ['a number as body', { body: '5' }, 400, 'BAD_REQUEST', 'body', 'JSON object'],
  ['a body one byte too large', { body: 'x'.repeat(BODY_LIMIT + 1) }, 413, 'BODY_TOO_LARGE', '32'],
  [
    'GET',
    { method: 'GET', path: `/graphql?query={__typename}` },
    405,
    'METHOD_NOT_ALLOWED',
    'POST',
  ],
  ['PUT', { method: 'PUT', body: typename }, 405, 'METHOD_NOT_ALLOWED', 'POST'],
  ['OPTIONS, which was a 404', { method: 'OPTIONS' }, 405, 'METHOD_NOT_ALLOWED', 'POST'],
  ['an unknown route', { path: '/nothing', body: typename }, 404, 'ROUTE_NOT_FOUND', '/graphql'],
  ['a path that is none', { method: 'GET', path: '/%zz' }, 404, 'ROUTE_NOT_FOUND', '/graphql'],
  ['XML', typed('application/xml'), 415, 'UNSUPPORTED_MEDIA_TYPE', 'application/json'],
  ['bytes', { body: new Uint8Array(9) }, 415, 'UNSUPPORTED_MEDIA_TYPE', 'application/json'],
  // What a page of another origin can send without being asked first.
  ['text/plain', typed('text/plain'), 415, 'UNSUPPORTED_MEDIA_TYPE', 'application/json'],
  [
    'a form',
    typed('application/x-www-form-urlencoded', 'query={__typename}'),
    415,
    'UNSUPPORTED_MEDIA_TYPE',
    'application/json',
  ],
  [
    'a form with files',
    typed('multipart/form-data; boundary=x', '--x--'),
    415,
    'UNSUPPORTED_MEDIA_TYPE',
    'application/json',
  ],
  ['no content type and no body', {}, 400, 'BAD_REQUEST', 'content-type'],

  // The caller.
  ['no key', { body: typename, key: null }, 401, 'UNAUTHENTICATED', 'Authorization: Bearer'],
  ['an unknown key', { body: typename, key: 'nobody' }, 401, 'UNAUTHENTICATED', 'key'],
  ['a key of 5 kB', { body: typename, key: 'k'.repeat(5_000) }, 401, 'UNAUTHENTICATED', 'key'],
  [
    'another scheme',
    { body: typename, key: null, headers: { Authorization: 'APIKey sk_demo' } },
    401,
    'UNAUTHENTICATED',
    'Bearer',
  ],
  ['a redeem with a publishable key', redeemWith({}, 'pk_demo'), 200, 'FORBIDDEN', 'coupon:redeem'],
  ['a redeem with a staff key', redeemWith({}, 'staff_demo'), 200, 'FORBIDDEN', 'on-site'],

  // The document.
  ['no query', { body: { variables: {} } }, 400, 'BAD_REQUEST', '`query`'],
  ['an empty query', document(''), 400, 'BAD_REQUEST', '`query`'],
  ['a number as query', { body: { query: 5 } }, 400, 'BAD_REQUEST', 'queries', 'strings'],
  [
    'a persisted query of another version',
    { body: { extensions: { persistedQuery: { version: 2, sha256Hash: 'a' } } } },
    200,
    'PERSISTED_QUERY_NOT_SUPPORTED',
    'PersistedQueryNotSupported',
  ],
  [
    'a persisted query that nobody knows',
    { body: { extensions: { persistedQuery: { version: 1, sha256Hash: 'a' } } } },
    200,
    'PERSISTED_QUERY_NOT_FOUND',
    'PersistedQueryNotFound',
  ],
  [
    'a hash that is a number',
    { body: { extensions: { persistedQuery: { version: 1, sha256Hash: 1 } } } },
    400,
    'BAD_REQUEST',
    'sha256Hash',
    'string',
  ],
  [
    'a hash that is not that of the query',
    {
      body: {
        query: '{ __typename }',
        extensions: { persistedQuery: { version: 1, sha256Hash: 'a' } },
      },
    },
    400,
    'BAD_REQUEST',
    'sha256Hash',
    '`query`',
  ],
  [
    'a documentId that nobody knows',
    { body: { documentId: `sha256:${'0'.repeat(64)}` } },
    404,
    'PERSISTED_QUERY_NOT_FOUND',
    'documentId',
  ],
  ['a number as documentId', { body: { documentId: 1 } }, 400, 'BAD_REQUEST', 'documentId'],
  [
    'a documentId beside a query',
    { body: { documentId: 'a', query: '{ __typename }' } },
    400,
    'BAD_REQUEST',
    '`documentId` takes the place',
  ],
  [
    'a write whose answer would be refused, which took effect',
    { ...redeemWith({}), headers: { Accept: 'text/html' } },
    406,
    'BAD_REQUEST',
    'Accept',
    'application/json',
  ],
  ['no GraphQL', document('{'), 400, 'GRAPHQL_PARSE_FAILED', 'Expected Name'],
  ['1001 tokens', document(tokens(1_001)), 400, 'GRAPHQL_PARSE_FAILED', '1000 tokens'],
  ['an unknown field', document('{ coupons }'), 400, 'GRAPHQL_VALIDATION_FAILED', '"coupons"'],
  ['a field of 10 kB', document(`{ ${longText} }`), 400, 'GRAPHQL_VALIDATION_FAILED', 'field'],
  [
    '900 unknown fields',
    document(`{ rateLimit { ${Array.from({ length: 900 }, (_, i) => `f${i}`).join(' ')} } }`),
    400,
    'GRAPHQL_VALIDATION_FAILED',
    '"f0"',
  ],
  [
    'a subscription',
    document('subscription { a }'),
    200,
    'GRAPHQL_VALIDATION_FAILED',
    'subscription',
  ],
  [
    'an unknown operationName',
    { body: { query: 'query A { __typename }', operationName: 'B' } },
    400,
    'OPERATION_RESOLUTION_FAILURE',
    '"B"',
  ],
  [
    'an operationName of 10 kB',
    { body: { query: 'query A { __typename }', operationName: longText } },
    400,
    'OPERATION_RESOLUTION_FAILURE',
    'operation',
  ],

  // Variables.
  ['a text as variables', validate('{"code":"A"}'), 400, 'BAD_REQUEST', '`variables`', 'object'],
  ['a list as variables', validate([]), 400, 'BAD_REQUEST', '`variables`', 'object'],
  ['no required variable', validate({}), 400, 'BAD_USER_INPUT', '$code', 'String!'],
  ['null as code', validate({ code: null }), 400, 'BAD_USER_INPUT', '$code', 'must not be null'],
  ['a number as code', validate({ code: 12345678 }), 400, 'BAD_USER_INPUT', '$code', 'String'],
  ['a list of 10 kB as code', validate({ code: [longText] }), 400, 'BAD_USER_INPUT', '$code'],
  [
    'half a number as userId',
    validate({ code: 'WELCOME10', userId: 1.5 }),
    400,
    'BAD_USER_INPUT',
    'ID',
  ],
  ['null among the codes', validateMany([null]), 400, 'BAD_USER_INPUT', 'codes[0]', 'String!'],
  ['a number as memo', redeemWith({ memo: 1 }), 400, 'BAD_USER_INPUT', 'input.memo', 'String'],
  [
    'no idempotencyKey',
    redeemWith({ idempotencyKey: undefined }),
    400,
    'BAD_USER_INPUT',
    '"idempotencyKey"',
    'required',
  ],
  ['an unknown input field', redeemWith({ cpnNo: 'A' }), 400, 'BAD_USER_INPUT', '"cpnNo"'],
  ['an input field of 10 kB', redeemWith({ [longText]: 1 }), 400, 'BAD_USER_INPUT', '$input'],
  [
    '900 unknown input fields',
    redeemWith(Object.fromEntries(Array.from({ length: 900 }, (_, index) => [`f${index}`, 1]))),
    400,
    'BAD_USER_INPUT',
    '"f0"',
  ],
  [
    'null for a variable with a default',
    document('query ($code: String = "WELCOME10") { validateCoupon(code: $code) { valid } }', {
      code: null,
    }),
    200,
    'BAD_USER_INPUT',
    '"code"',
    'must not be null',
  ],

  // Arguments of a read.
  ['an empty code', validate({ code: '' }), 200, 'BAD_USER_INPUT', '`code`', '8 to 16'],
  ['a code of 10 kB', validate({ code: longText }), 200, 'BAD_USER_INPUT', '`code`', '8 to 16'],
  ['SQL as code', validate({ code: "' or 1=1 --" }), 200, 'BAD_USER_INPUT', '`code`', '8 to 16'],
  [
    'an empty userId',
    validate({ code: 'WELCOME10', userId: '' }),
    200,
    'BAD_USER_INPUT',
    '`userId`',
    '1 to 200',
  ],
  [
    'a userId of 201 characters',
    validate({ code: 'WELCOME10', userId: 'u'.repeat(201) }),
    200,
    'BAD_USER_INPUT',
    '`userId`',
    '1 to 200',
  ],
  [
    'NUL in userId',
    validate({ code: 'WELCOME10', userId: 'a\0' }),
    200,
    'BAD_USER_INPUT',
    '`userId`',
    'without NUL',
  ],
  [
    'half a surrogate pair in userId',
    validate({ code: 'WELCOME10', userId: '\ud800' }),
    200,
    'BAD_USER_INPUT',
    '`userId`',
    'well-formed',
  ],
  [
    '21 codes',
    validateMany(Array(21).fill('WELCOME10')),
    200,
    'BAD_USER_INPUT',
    '`codes`',
    'at most 20',
  ],
  [
    'a bad code in a list',
    validateMany(['WELCOME10', 'x']),
    200,
    'BAD_USER_INPUT',
    '`codes[1]`',
    '8 to 16',
  ],
]

/** What is wrong with the input of a redeem, and the words that the message must hold. */
const BAD_REDEEM_INPUT: readonly [
  what: string,
  input: Partial<RedeemCouponInput>,
  field: keyof RedeemCouponInput,
  allowed: string,
][] = [
  ['an empty code', { code: '' }, 'code', '8 to 16'],
  ['a code of 10 kB', { code: longText }, 'code', '8 to 16'],
  ['SQL as code', { code: "' or 1=1 --" }, 'code', '8 to 16'],
  ['an empty userId', { userId: '' }, 'userId', '1 to 200'],
  ['a userId of 201 characters', { userId: 'u'.repeat(201) }, 'userId', '1 to 200'],
  ['NUL in userId', { userId: 'a\0' }, 'userId', 'without NUL'],
  ['half a surrogate pair in userId', { userId: '\ud800' }, 'userId', 'well-formed'],
  ['a memo of 501 characters', { memo: 'm'.repeat(501) }, 'memo', '0 to 500'],
  ['half a surrogate pair in memo', { memo: '\udfff' }, 'memo', 'well-formed'],
  ['a password of 65 characters', { onsitePassword: 'p'.repeat(65) }, 'onsitePassword', '0 to 64'],
  ['an empty idempotencyKey', { idempotencyKey: '' }, 'idempotencyKey', '8 to 64'],
  ['an idempotencyKey of 7', { idempotencyKey: 'k'.repeat(7) }, 'idempotencyKey', '8 to 64'],
  ['an idempotencyKey of 65', { idempotencyKey: 'k'.repeat(65) }, 'idempotencyKey', '8 to 64'],
  ['an idempotencyKey of 10 kB', { idempotencyKey: longText }, 'idempotencyKey', '8 to 64'],
  ['spaces in idempotencyKey', { idempotencyKey: 'key with spaces' }, 'idempotencyKey', 'A-Z, a-z'],
  ['a line end in idempotencyKey', { idempotencyKey: 'key-12345\r\nX: 1' }, 'idempotencyKey', '_'],
]

/** A valid document of so many tokens: five, and three for each alias. */
function tokens(count: number): string {
  const aliases = Array.from({ length: Math.floor((count - 5) / 3) }, (_, i) => `a${i}:cost`)
  const rest = Array((count - 5) % 3).fill('cost')
  return `{ rateLimit { ${[...aliases, ...rest].join(' ')} } }`
}

/** Nothing internal, nothing to be cached, and no answer that grows with the input. */
function expectClean({ status, headers, text }: Answer<unknown>) {
  expect(status).toBeLessThan(500)
  expect(text).not.toMatch(
    /\\n +at |node_modules|select |insert |postgres|pglite|127\.0\.0\.1|\.ts\b/i,
  )
  expect(text).not.toContain(new URL(api.url).port)
  expect(text.length).toBeLessThan(2_000)
  expect(headers.get('Cache-Control')).toBe('no-store')
  expect(headers.get('X-Request-Id')).toMatch(/./)
}

describe('bad input gets a clear error and has no effect:', () => {
  it.each(BAD_INPUT)('%s', async (_what, options, status, code, ...words) => {
    const answer = await send(gateway, options)
    expectClean(answer)
    expect([answer.status, answer.errors[0]?.extensions.code]).toEqual([status, code])
    for (const word of words) expect(answer.errors[0]?.message).toContain(word)
    for (const { extensions } of answer.errors) {
      expect(extensions.code).toBe(code)
      expect(extensions.correlationId).toBe(answer.headers.get('X-Request-Id'))
    }
    // A root field that failed leaves the others: it is null, and never the whole answer of a mutation.
    for (const value of Object.values(answer.data ?? {})) expect(value).toBeNull()
  })

  it.each(BAD_REDEEM_INPUT)('a redeem with %s', async (_what, input, field, allowed) => {
    const answer = await redeem(gateway, { code: 'WELCOME10', ...input })
    expectClean(answer)
    expect(answer.status).toBe(200)
    expect(answer.data?.redeemCoupon).toEqual({
      redemption: null,
      replayed: false,
      userErrors: [
        {
          code: 'INVALID_INPUT',
          field: ['input', field],
          message: expect.stringContaining(allowed),
        },
      ],
    })
    expect(answer.data?.redeemCoupon?.userErrors[0]?.message).toContain(field)
  })

  it('a redeem with everything wrong is told everything at once', async () => {
    const { data: answer } = await redeem(gateway, {
      code: '',
      userId: '',
      memo: 'm'.repeat(501),
      onsitePassword: 'p'.repeat(65),
      idempotencyKey: '',
    })
    expect(answer?.redeemCoupon?.userErrors.map((it) => it.field?.[1])).toEqual([
      'code',
      'userId',
      'memo',
      'onsitePassword',
      'idempotencyKey',
    ])
  })

  it('redeemed nothing by all that', async () => {
    const { data: answer } = await ask(gateway, ValidateCouponDocument, { code: 'WELCOME10' })
    expect(answer?.validateCoupon?.coupon?.usage.used).toBe(0)
  })
})

describe('what is just within the limits is answered:', () => {
  it('1000 tokens', async () => {
    const answer = await send(gateway, document(tokens(1_000)))
    expect(answer).toMatchObject({ status: 200, errors: [], data: { rateLimit: { a330: 0 } } })
  })

  it.each<[string, SendOptions]>([
    ['a body of 32 KiB', { body: JSON.stringify(typename).padEnd(BODY_LIMIT) }],
    ['a content type with a charset', typed('application/json; charset=utf-8')],
  ])('%s', async (_what, options) => {
    const answer = await send(gateway, options)
    expect(answer).toMatchObject({ status: 200, data: { __typename: 'Query' }, errors: [] })
  })

  it.each<[string, Partial<RedeemCouponInput>]>([
    ['an idempotencyKey of 8', { idempotencyKey: 'k-_Z9abc' }],
    ['an idempotencyKey of 64', { idempotencyKey: 'k'.repeat(64) }],
    ['a userId of 200 characters', { userId: 'u'.repeat(200) }],
    ['a userId of 200 emoji, which were counted twice', { userId: '🧁'.repeat(200) }],
    ['a memo of 500 emoji, which were counted twice', { memo: '💌'.repeat(500) }],
    ['texts in any language', { userId: 'Zoë 🧁', memo: "'; drop table coupon; --" }],
  ])('a redeem with %s', async (_what, input) => {
    const code = await createCoupon(api, { useLimit: 2 })
    const { data: answer } = await redeem(gateway, { code, userId: 'ada', ...input })
    expect(answer?.redeemCoupon).toMatchObject({ userErrors: [], redemption: input })
  })
})

it('a password that was given at the wrong place is not repeated', async () => {
  const secret = 'pa55word'
  for (const options of [
    redeemWith({ onsitePassword: secret, unknown: 1 }),
    redeemWith({ onsitePassword: [secret] }),
    document(`mutation { redeemCoupon(input: "${secret}") { replayed } }`),
    document(
      `mutation ($memo: String = "a") { redeemCoupon(
      input: { code: $memo, idempotencyKey: "key-of-bad-input", onsitePassword: "${secret}" }
    ) { replayed } }`,
      { memo: null },
    ),
    document(`mutation { redeemCoupon(input: { onsitePassword "${secret}" }) { replayed } }`),
  ]) {
    const answer = await send(gateway, options)
    expectClean(answer)
    expect(answer.errors).not.toEqual([])
    expect(answer.text).not.toContain(secret)
  }
})

it('a method that is not allowed is told which is', async () => {
  for (const method of ['GET', 'HEAD', 'OPTIONS', 'PUT', 'PATCH', 'DELETE']) {
    const answer = await send(gateway, { method })
    expect([method, answer.status, answer.headers.get('Allow')]).toEqual([method, 405, 'POST'])
  }
})

it('the id of a request comes back in the header and in every error, and an unfit one is replaced', async () => {
  const sendWithId = (id: string) =>
    send(gateway, { body: { query: '{ a b }' }, headers: { 'X-Request-Id': id } })
  const answer = await sendWithId('order-17')
  expect(answer.headers.get('X-Request-Id')).toBe('order-17')
  expect(answer.errors.map((it) => it.extensions.correlationId)).toEqual(['order-17', 'order-17'])
  expect((await sendWithId('a'.repeat(65))).headers.get('X-Request-Id')).toMatch(/^[0-9a-f-]{36}$/)
})

it('bad input is not logged as a fault of the gateway', () => {
  expect(gateway.output()).toBe('')
})
