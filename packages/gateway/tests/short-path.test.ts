import { ApolloServer } from '@apollo/server'
import * as published from '@coupon-gateway/schema'
import { documentIdOf, EXAMPLES, type TypedDocumentNode } from '@coupon-gateway/schema'
import fc from 'fast-check'
import type { FastifyInstance, InjectOptions } from 'fastify'
import { print } from 'graphql'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { answerWithSuccess } from './answering-upstream.ts'
import { buildGatewayOver, type CannedAnswer, type SentRequest } from './gateway-in-process.ts'

// Two gateways, one of which lets Apollo Server answer everything, get the same requests: clients must not be able to
// tell them apart, and neither must the upstream.

type Variables = Readonly<Record<string, unknown>>

interface Gateway {
  readonly app: FastifyInstance
  readonly sent: Pick<SentRequest, 'method' | 'path' | 'body'>[]
}

let short: Gateway
let whole: Gateway

beforeAll(() => {
  // Answers and budgets tell the time; nothing waits for it.
  vi.useFakeTimers({ toFake: ['Date', 'performance'], now: new Date('2026-11-26T10:20:00Z') })
})
afterAll(() => {
  vi.useRealTimers()
})

afterEach(() => {
  vi.restoreAllMocks()
})

/** For the tests of a group: after a refusal, the client of an upstream may spare it for a while. */
function openBothOver(canned: CannedAnswer | ((request: SentRequest) => CannedAnswer)) {
  beforeAll(async () => {
    short = await open(canned, true)
    whole = await open(canned, false)
  })
  afterAll(async () => {
    await short.app.close()
    await whole.app.close()
  })
}

async function open(
  canned: CannedAnswer | ((request: SentRequest) => CannedAnswer),
  takesShortPath: boolean,
): Promise<Gateway> {
  const sent: Gateway['sent'] = []
  const app = await buildGatewayOver(
    canned,
    (_path, { method, path, body }) => sent.push({ method, path, body }),
    {},
    { takesShortPath },
  )
  return { app, sent }
}

/** What a client gets, and what the upstream got for it. */
async function ask({ app, sent }: Gateway, options: InjectOptions) {
  sent.length = 0
  const { headers, ...request } = options
  const answered = await app.inject({
    method: 'POST',
    url: '/graphql',
    ...request,
    headers: { authorization: 'Bearer sk_demo', 'x-request-id': 'order-17', ...headers },
  })
  const { date: _, ...answeredHeaders } = answered.headers
  return {
    status: answered.statusCode,
    headers: answeredHeaders,
    // How long the upstream asks to wait is counted from when it answered, by a clock that runs.
    body: answered.body.replace(/"retryAfterMs":\d{6,}/, '"retryAfterMs":0'),
    sent: [...sent],
  }
}

async function expectSame(options: InjectOptions) {
  const expected = await ask(whole, options)
  expect(await ask(short, options), JSON.stringify(options)).toEqual(expected)
  return expected
}

const documents = EXAMPLES.map(({ name, variables }) => {
  const exported: Readonly<Record<string, unknown>> = published
  const document = exported[`${name}Document`] as TypedDocumentNode
  return { name, variables, id: documentIdOf(document), text: print(document) }
})
const post = (
  { id }: { readonly id: string },
  members: Readonly<Record<string, unknown>>,
): InjectOptions => ({ payload: { documentId: id, ...members } })

it('every document of the package is compared', () => {
  const exported = Object.keys(published).filter((name) => name.endsWith('Document'))
  expect(documents.map(({ name }) => `${name}Document`).sort()).toEqual(exported.sort())
})

describe.each([
  ['NOT_FOUND', 200, 1001],
  ['EXHAUSTED', 200, 1004],
  ['IDEMPOTENCY_KEY_REUSED', 200, 1021],
  ['PLAN_UPGRADE_REQUIRED', 403, 2003],
  ['RATE_LIMITED', 429, 2005],
  ['INVALID_INPUT', 400, 3001],
  ['UNAVAILABLE', 503, 9003],
  ['an error that nobody knows', 500, 9999],
])('an upstream that answers %s', (error, status, code) => {
  openBothOver({ status, envelope: { code, message: 'hunter2', error } })

  it.each(documents)('is told of the same by $name', async (document) => {
    const { body } = await expectSame(post(document, { variables: document.variables }))
    expect(body).not.toContain('hunter2')
  })
})

describe('an upstream whose answers make no sense', () => {
  openBothOver({ status: 200, envelope: { code: 0, result: { cpnNo: 5 } } })

  it.each(documents)('is told of the same by $name', async (document) => {
    await expectSame(post(document, { variables: document.variables }))
  })
})

describe.each(documents)('$name', (document) => {
  openBothOver(answerWithSuccess)
  const { name, variables, id, text } = document
  const sha256Hash = id.slice('sha256:'.length)
  const persistedQuery = { version: 1, sha256Hash }

  it.each<[string, InjectOptions]>([
    ['documentId', { payload: { documentId: id, variables } }],
    ['documentId without its prefix', { payload: { documentId: sha256Hash, variables } }],
    ['Apollo’s hash', { payload: { extensions: { persistedQuery }, variables } }],
    [
      'Apollo’s hash, beside its text',
      { payload: { query: text, extensions: { persistedQuery }, variables } },
    ],
    ['its text', { payload: { query: text, variables } }],
    ['its name too', { payload: { query: text, variables, operationName: name } }],
  ])('is answered the same by %s, and Apollo Server has no part in it', async (_, options) => {
    const { status, body, sent } = await expectSame(options)
    expect(status).toBe(200)
    const { data, errors } = JSON.parse(body)
    expect(errors).toBe(undefined)
    expect(Object.values(data)).not.toContain(null)
    expect(sent).toHaveLength(name === 'RateLimit' ? 0 : 1)

    const apollos = vi.spyOn(ApolloServer.prototype, 'executeHTTPGraphQLRequest')
    await ask(short, options)
    expect(apollos).toHaveBeenCalledTimes(0)
    await ask(whole, options)
    expect(apollos).toHaveBeenCalledTimes(1)
  })

  it.each<[string, unknown]>([
    ['no variables', undefined],
    ['null', null],
    ['none of them', {}],
    ['a text', JSON.stringify(variables)],
    ['a list', [variables]],
    ['a number', 5],
    ['one too many', { ...variables, extra: 1 }],
    ['__proto__', JSON.parse('{"__proto__":{"code":"FRIENDS05"}}')],
  ])('takes as variables %s the same', async (_, given) => {
    await expectSame(post(document, { variables: given }))
  })

  it('takes each variable, and each field of an input, of any type the same', async () => {
    for (const changed of mutationsOf(variables))
      await expectSame(post(document, { variables: changed }))
  })

  it.each<[string, unknown]>([
    ['null', null],
    ['another', 'Another'],
    ['an empty text', ''],
    ['a number', 5],
    ['a list', [name]],
  ])('takes as operationName %s the same', async (_, operationName) => {
    await expectSame(post(document, { variables, operationName }))
  })

  it.each<[string, unknown]>([
    ['null', null],
    ['an empty object', {}],
    ['other extensions', { tracing: true }],
    ['a text', '{}'],
    ['a list', []],
    ['persistedQuery beside documentId', { persistedQuery }],
  ])('takes as extensions %s the same', async (_, extensions) => {
    await expectSame(post(document, { variables, extensions }))
  })

  it.each(['', 'Bearer nobody', 'Basic c2tfZGVtbw==', 'Bearer pk_demo', 'Bearer staff_demo'])(
    'with the authorization "%s" answers the same',
    async (authorization) => {
      await expectSame({ ...post(document, { variables }), headers: { authorization } })
    },
  )

  it.each([
    'application/json; charset=utf-8',
    'application/json;charset=UTF-8',
    'APPLICATION/JSON',
    'application/json; charset=latin1',
    'application/json;;',
    'application/graphql+json',
    'text/plain',
    'application/x-www-form-urlencoded',
    'json',
  ])('as %s answers the same', async (type) => {
    await expectSame({
      payload: JSON.stringify({ documentId: id, variables }),
      headers: { 'content-type': type },
    })
  })

  it.each([
    '',
    '*/*',
    'application/*',
    'application/json',
    'application/graphql-response+json',
    'application/graphql-response+json, application/json;q=0.9',
    'application/json;q=0.5, application/graphql-response+json;q=0.4, */*;q=0.1',
    'application/graphql-response+json;charset=utf-8',
    'application/json; callbackSpec=1.0',
    'application/json;q=0',
    'multipart/mixed; deferSpec=20220824, application/json',
    'text/html',
    'nonsense',
  ])('for Accept: %s answers the same', async (accept) => {
    await expectSame({ ...post(document, { variables }), headers: { accept } })
  })

  it('by GET answers the same', async () => {
    const search = new URLSearchParams({ documentId: id, variables: JSON.stringify(variables) })
    const { status } = await expectSame({ method: 'GET', url: `/graphql?${search}` })
    expect(status).toBe(/^query/.test(text) ? 200 : 405)
  })

  it('takes variables that nobody thought of the same', async () => {
    await fc.assert(
      fc.asyncProperty(changesOf(variables), async (changed) => {
        await expectSame(post(document, { variables: changed }))
      }),
      { numRuns: 25 },
    )
  })
})

/** Documents of others, with what compiled code is known to do in its own way. */
const OTHER_DOCUMENTS: readonly (readonly [what: string, query: string, variables: Variables])[] = [
  ['no name and no variables', '{ validateCoupon(code: "FRIENDS05") { valid reason } }', {}],
  [
    'a variable within an input, which may be absent',
    `mutation Other($code: String!, $name: String, $key: ID!) {
      updateCoupon(input: { code: $code, name: $name, idempotencyKey: $key }) { code userErrors { code field message } }
    }`,
    { code: 'FRIENDS05', name: 'Five', key: 'order-1001' },
  ],
  [
    'defaults and directives',
    `query Other($code: String = "FRIENDS05", $not: Boolean!) {
      validateCoupon(code: $code) { ...Fields @skip(if: $not) code @include(if: $not) }
    }
    fragment Fields on CouponValidation { valid coupon { usage { limit remaining } } }`,
    { code: 'BIGSALE10K', not: false },
  ],
  [
    'several fields, of which one fails',
    `query Other($code: String!, $bad: String!) {
      bad: validateCoupon(code: $bad) { valid }
      good: validateCoupon(code: $code) { __typename valid coupon { discount { __typename ... on AmountDiscount { amount { amount } } } } }
      rateLimit { limit cost }
    }`,
    { code: 'FRIENDS05', bad: '!' },
  ],
  [
    'exactly one field, and a list of enums',
    `query Other($by: RedemptionBy!, $status: RedemptionStatus) {
      redemption(by: $by) { id status }
      redemptions(filter: { status: $status }, first: 2) { edges { cursor node { id } } pageInfo { endCursor } }
    }`,
    { by: { id: '01a2175c-b834-7115-afcf-633e2f82b589' }, status: 'REDEEMED' },
  ],
  [
    'a list in a variable, whose length decides what it costs',
    `query Other($codes: [String!]!) {
      validateCoupons(codes: $codes) { coupon { redemptions(first: 3) { nodes { id } } } }
      again: validateCoupons(codes: $codes) { coupon { redemptions(first: 3) { nodes { id } } } }
    }`,
    { codes: ['FRIENDS05', 'BIGSALE10K'] },
  ],
  [
    'questions about the schema',
    '{ __schema { queryType { name } } __type(name: "Money") { name } }',
    {},
  ],
]

describe.each(OTHER_DOCUMENTS)('a document of others with %s', (what, query, variables) => {
  openBothOver(answerWithSuccess)

  it('is answered the same from the first time on, and soon without Apollo Server', async () => {
    for (let time = 1; time <= 5; time += 1) {
      const { status, body } = await expectSame({ payload: { query, variables } })
      expect([status, JSON.parse(body).data]).toEqual([200, expect.anything()])
    }
    const apollos = vi.spyOn(ApolloServer.prototype, 'executeHTTPGraphQLRequest')
    await ask(short, { payload: { query, variables } })
    // Judged by its variables each time, by Apollo Server.
    const isJudged = what.startsWith('a list in a variable')
    expect(apollos).toHaveBeenCalledTimes(isJudged ? 1 : 0)
  })

  it('is answered the same with variables of every type, an unknown operation and any Accept', async () => {
    for (const changed of mutationsOf(variables)) {
      await expectSame({ payload: { query, variables: changed } })
    }
    for (const operationName of ['Other', 'Another', '', null, 5]) {
      await expectSame({ payload: { query, variables, operationName } })
    }
    for (const accept of ['application/graphql-response+json', 'text/html']) {
      await expectSame({ payload: { query, variables }, headers: { accept } })
    }
    await expectSame({
      payload: { query, variables },
      headers: { authorization: 'Bearer pk_demo' },
    })
    await expectSame({ payload: { query, variables, extensions: [] } })
  })
})

const OTHER_VALUES = [
  null,
  true,
  5,
  1.5,
  1e300,
  -1,
  '',
  'text',
  '5',
  [],
  ['a'],
  [[null]],
  {},
  { a: 1 },
]

/** Each variable, and each field within, absent or of another type; and a field too many in each object. */
function mutationsOf(value: Variables): Variables[] {
  const names = Object.keys(value)
  return names.flatMap((name) => {
    const { [name]: current, ...others } = value
    const inner =
      typeof current === 'object' && current !== null && !Array.isArray(current)
        ? [...mutationsOf(current as Variables), { ...current, unknown: 1 }]
        : []
    return [
      others,
      ...[...OTHER_VALUES, [current], ...inner].map((other) => ({ ...value, [name]: other })),
    ]
  })
}

/** The variables with some of them, at any depth, replaced by any JSON. */
function changesOf(value: unknown): fc.Arbitrary<Variables> {
  return changed(value) as fc.Arbitrary<Variables>
}

function changed(value: unknown): fc.Arbitrary<unknown> {
  if (Array.isArray(value)) return fc.oneof(fc.tuple(...value.map(changed)), fc.jsonValue())
  if (typeof value !== 'object' || value === null) {
    return fc.oneof(fc.constant(value), fc.jsonValue())
  }
  const fields = Object.entries(value).map(([name, field]) => [name, changed(field)] as const)
  return fc.record(Object.fromEntries(fields), { requiredKeys: [] })
}
