import { ERROR_CODES, EXAMPLES } from '@coupon-gateway/schema'
import fc from 'fast-check'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { answerWithSuccess } from './answering-upstream.ts'
import { documents, mutatedDocuments } from './fuzz/documents.ts'
import { hostileJson, SENT_SECRET, variablesLike } from './fuzz/values.ts'
import { buildGatewayOver, type SentRequest } from './gateway-in-process.ts'

// A failure names its seed and path: `fc.assert(…, { seed, path })` repeats it. FUZZ_RUNS=10000 looks longer.

const RUNS = Number(process.env.FUZZ_RUNS ?? 300)

/** What the upstream tells of coupons and of itself, and callers are not told. */
const HELD_BACK = 'hunter2'
const REFUSALS = [
  'NOT_FOUND',
  'EXPIRED',
  'EXHAUSTED',
  'ONSITE_PASSWORD_WRONG',
  'REDEMPTION_NOT_FOUND',
  'CODE_TAKEN',
  'COUPON_LOCKED',
]

/** Mostly successes: what is refused is answered with little. */
function answer(request: SentRequest) {
  const count = [...request.path].reduce((sum, symbol) => sum + symbol.charCodeAt(0), 0)
  const isOfNoCoupon = /\/(batch|redemptions\?.*limit=.*)$/.test(request.path)
  if (count % 5 > 0 || isOfNoCoupon) {
    const { status, envelope } = answerWithSuccess(request)
    return { status, envelope: withSecrets(envelope) }
  }
  const error = REFUSALS[count % REFUSALS.length]
  return { status: 200, envelope: { code: 1099, error, message: HELD_BACK } }
}

function withSecrets({ result, ...envelope }: Readonly<Record<string, unknown>>) {
  const isCoupon = typeof result === 'object' && result !== null && 'onsitePwd' in result
  const marked = isCoupon ? { ...result, onsitePwd: HELD_BACK, memo: HELD_BACK } : result
  return { ...envelope, result: marked, message: HELD_BACK }
}

/** Words of our own making, and of programs that failed. */
const LEAKS = new RegExp(
  [
    HELD_BACK,
    'node_modules',
    String.raw`\.ts:\d`,
    String.raw`\bat \w+ \(`,
    'TypeError',
    'Cannot read prop',
    'upstream:80',
    'is not a function',
    'Maximum call stack',
  ].join('|'),
)

let app: FastifyInstance
beforeAll(async () => {
  app = await buildGatewayOver(answer, () => {})
})
afterAll(() => app.close())

async function expectDecentAnswer(payload: string) {
  const { statusCode, body } = await app.inject({
    method: 'POST',
    url: '/graphql',
    headers: { authorization: 'Bearer sk_demo', 'content-type': 'application/json' },
    payload,
  })
  expect([200, 400, 404, 413], body).toContain(statusCode)
  expect(body).not.toMatch(LEAKS)
  const { errors = [] } = JSON.parse(body)
  for (const { message, extensions } of errors) {
    expect(ERROR_CODES, body).toHaveProperty(extensions.code)
    expect(extensions.code, body).not.toBe('INTERNAL_SERVER_ERROR')
    expect(message).not.toContain(SENT_SECRET)
  }
  if (statusCode !== 200) expect(errors).not.toEqual([])
  return { statusCode, errors }
}

const check = (payloads: fc.Arbitrary<string>) =>
  fc.assert(
    fc.asyncProperty(payloads, async (payload) => {
      await expectDecentAnswer(payload)
    }),
    { numRuns: RUNS },
  )
const toPayload = (query: unknown, variables: unknown) => JSON.stringify({ query, variables })

describe('whatever is sent, it is no 500, has a code of the table, and tells nothing:', () => {
  it('documents made of the schema', async () => {
    let answered = 0
    await fc.assert(
      fc.asyncProperty(documents, async (query) => {
        const { statusCode } = await expectDecentAnswer(toPayload(query, {}))
        if (statusCode === 200) answered += 1
      }),
      { numRuns: RUNS },
    )
    // They get as far as the resolvers, or they would show nothing.
    expect(answered).toBeGreaterThan(RUNS / 3)
  })

  it('documents that were cut up', () => check(mutatedDocuments.map((it) => toPayload(it, {}))))

  it('published documents, with variables that are not what they should be', () =>
    check(
      fc
        .constantFrom(...EXAMPLES)
        .chain(({ query, variables }) =>
          variablesLike(variables).map((hostile) => toPayload(query, hostile)),
        ),
    ))

  it('bodies that are no GraphQL request', () =>
    check(
      fc.oneof(
        hostileJson.map((it) => JSON.stringify(it)),
        fc
          .record(
            {
              query: fc.oneof(fc.constant('{ __typename }'), hostileJson),
              variables: hostileJson,
              operationName: hostileJson,
              extensions: hostileJson,
              documentId: hostileJson,
            },
            { requiredKeys: [] },
          )
          .map((it) => JSON.stringify(it)),
        fc.string({ unit: 'binary' }),
      ),
    ))
})
