import { readdirSync, readFileSync } from 'node:fs'
import { ApolloServerErrorCode } from '@apollo/server/errors'
import * as client from '@coupon-gateway/client'
import {
  ConfirmReservationDocument,
  CouponDocument,
  CreateCouponDocument,
  DeleteCouponDocument,
  ERROR_CODES,
  type ErrorCode,
  RedeemCouponDocument,
  RedemptionDocument,
  RedemptionsDocument,
  ReleaseReservationDocument,
  ReserveCouponDocument,
  RollbackRedemptionDocument,
  typeDefs,
  UpdateCouponDocument,
  ValidateCouponDocument,
} from '@coupon-gateway/schema'
import { errorCodes as fastifyErrors } from 'fastify'
import {
  buildSchema,
  type DocumentNode,
  type GraphQLEnumType,
  GraphQLError,
  locatedError,
  print,
} from 'graphql'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createFormatError } from '../src/format-error.ts'
import { handleHttpError } from '../src/http/graphql-errors.ts'
import { toGraphQLError } from '../src/upstream-errors.ts'
import { buildGatewayOver } from './gateway-in-process.ts'

/** What nobody may see of an error. */
const SECRET = 'hunter2 at 10.0.0.7'
/** What becomes of an error that is not for clients. */
const MASKED: ErrorCode = 'INTERNAL_SERVER_ERROR'
const formatError = createFormatError({ hideSuggestions: false, onMasked: () => {} })

/** What a client sees of what a resolver, or Apollo Server itself, threw. */
function publish(thrown: unknown) {
  const located = locatedError(thrown, [], ['redeemCoupon'])
  const extensions = { code: 'INTERNAL_SERVER_ERROR', ...located.extensions }
  return formatError({ ...located.toJSON(), extensions }, located)
}

describe('every error of', () => {
  it.each(Object.entries(fastifyErrors))('Fastify has a code: %s', (_, FastifyError) => {
    const error = new FastifyError(SECRET)
    const sent: { status?: number; body?: ReturnType<typeof JSON.parse> } = {}
    const reply = {
      code(status: number) {
        sent.status = status
        return reply
      },
      type: () => reply,
      send(body: unknown) {
        sent.body = body
        return reply
      },
    }
    const request = { id: 'order-17', log: { error() {} } }
    handleHttpError(error, request as never, reply as never)
    const { code } = sent.body.errors[0].extensions
    expect(ERROR_CODES).toHaveProperty(code)
    const isTheirs = (error.statusCode ?? 500) < 500
    expect(sent.status).toBeGreaterThanOrEqual(isTheirs ? 400 : 500)
    expect(code === 'INTERNAL_SERVER_ERROR').toBe(!isTheirs)
    expect(JSON.stringify(sent.body)).not.toContain('hunter2')
  })

  it.each(Object.values(ApolloServerErrorCode))('Apollo Server has a code: %s', (code) => {
    const seen = publish(new GraphQLError('Its message.', { extensions: { code } }))
    expect(seen.extensions?.code).toBe(Object.hasOwn(ERROR_CODES, code) ? code : MASKED)
  })

  const problem = { field: 'memo', problem: `is ${SECRET}`, allowed: 'short' }
  const unanswered = (code: 'UNAVAILABLE' | 'TIMEOUT' | 'ABORTED') =>
    new client.UnansweredError(code, SECRET)
  const refused = (code: 'UNAUTHENTICATED' | 'FORBIDDEN' | 'PLAN_UPGRADE_REQUIRED') =>
    new client.RefusedError(code, SECRET)
  const CLIENT_ERRORS: Readonly<
    Record<client.UpstreamErrorCode, readonly [client.AnyUpstreamError, ErrorCode]>
  > = {
    UNAUTHENTICATED: [refused('UNAUTHENTICATED'), MASKED],
    FORBIDDEN: [refused('FORBIDDEN'), MASKED],
    PLAN_UPGRADE_REQUIRED: [refused('PLAN_UPGRADE_REQUIRED'), 'PLAN_UPGRADE_REQUIRED'],
    INVALID_INPUT: [new client.InvalidInputError([problem]), 'BAD_USER_INPUT'],
    RATE_LIMITED: [new client.ThrottledError('RATE_LIMITED', SECRET), 'RATE_LIMITED'],
    OVERLOADED: [new client.ThrottledError('OVERLOADED', SECRET), 'OVERLOADED'],
    UNAVAILABLE: [unanswered('UNAVAILABLE'), 'UPSTREAM_UNAVAILABLE'],
    TIMEOUT: [unanswered('TIMEOUT'), 'UPSTREAM_TIMEOUT'],
    ABORTED: [unanswered('ABORTED'), 'UPSTREAM_TIMEOUT'],
    BAD_RESPONSE: [new client.BadResponseError(SECRET), MASKED],
    UNSUPPORTED: [new client.UnsupportedError(SECRET), 'FORBIDDEN'],
    OUTCOME_UNKNOWN: [
      new client.OutcomeUnknownError('order-17', null, new Error(SECRET)),
      'UPSTREAM_OUTCOME_UNKNOWN',
    ],
  }

  it.each(Object.entries(CLIENT_ERRORS))('the client has a code: %s', (_, [error, code]) => {
    const seen = publish(toGraphQLError(error))
    expect(seen.extensions?.code).toBe(code)
    expect(JSON.stringify(seen)).not.toContain('hunter2')
  })
})

it('every code of the table can be sent', () => {
  const folder = new URL('../src/', import.meta.url)
  const sources = readdirSync(folder, { encoding: 'utf8', recursive: true })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .map((name) => readFileSync(new URL(name, folder), 'utf8'))
  const sendable = new Set<string>([
    ...Object.values(ApolloServerErrorCode),
    ...sources.flatMap((text) => [...text.matchAll(/'([A-Z_]+)'/g)].map(([, code]) => code ?? '')),
  ])
  expect(Object.keys(ERROR_CODES).filter((code) => !sendable.has(code))).toEqual([])
})

const schema = buildSchema(typeDefs)
const valuesOf = (enumName: string) =>
  (schema.getType(enumName) as GraphQLEnumType).getValues().map(({ name }) => name)

const KEY = { idempotencyKey: 'order-1001' }
/** What each mutation is sent with, and what it answers to a reason that it has no word for. */
const MUTATIONS: readonly (readonly [DocumentNode, object, unknownReason: string])[] = [
  [RedeemCouponDocument, { code: 'WELCOME10' }, 'NOT_FOUND'],
  [ReserveCouponDocument, { code: 'WELCOME10' }, 'NOT_FOUND'],
  [ConfirmReservationDocument, { reservationId: 'r1' }, 'RESERVATION_NOT_FOUND'],
  [ReleaseReservationDocument, { reservationId: 'r1' }, 'RESERVATION_NOT_FOUND'],
  [RollbackRedemptionDocument, { redemptionId: 'r1', reason: 'x' }, 'REDEMPTION_NOT_FOUND'],
  [CreateCouponDocument, { code: 'WELCOME10', discount: { percent: '10' } }, 'CODE_TAKEN'],
  [UpdateCouponDocument, { code: 'WELCOME10', name: 'x' }, 'INVALID_INPUT'],
  [DeleteCouponDocument, { code: 'WELCOME10' }, 'NOT_FOUND'],
]
const QUERIES: readonly (readonly [DocumentNode, object])[] = [
  [ValidateCouponDocument, { code: 'WELCOME10' }],
  [CouponDocument, { code: 'WELCOME10' }],
  [RedemptionDocument, { by: KEY }],
  [RedemptionsDocument, {}],
]

/** What the REST API refuses about a call, and not about a coupon: what a query and a mutation make of it. */
const CALL_ERRORS: Readonly<Record<string, readonly [query: ErrorCode, mutation: string]>> = {
  INVALID_INPUT: ['BAD_USER_INPUT', 'INVALID_INPUT'],
  IDEMPOTENCY_KEY_REQUIRED: ['BAD_USER_INPUT', 'INVALID_INPUT'],
  IDEMPOTENCY_KEY_REUSED: [MASKED, 'IDEMPOTENCY_KEY_PARAMETER_MISMATCH'],
  IDEMPOTENCY_CONCURRENT_REQUEST: [MASKED, 'IDEMPOTENCY_CONCURRENT_REQUEST'],
  UNSUPPORTED_MEDIA_TYPE: [MASKED, MASKED],
  BODY_TOO_LARGE: ['BAD_USER_INPUT', 'INVALID_INPUT'],
  ROUTE_NOT_FOUND: [MASKED, MASKED],
  UNAUTHENTICATED: [MASKED, MASKED],
  FORBIDDEN: [MASKED, MASKED],
  PLAN_UPGRADE_REQUIRED: ['PLAN_UPGRADE_REQUIRED', 'PLAN_UPGRADE_REQUIRED'],
  RATE_LIMITED: ['RATE_LIMITED', 'RATE_LIMITED'],
  OVERLOADED: ['OVERLOADED', 'OVERLOADED'],
  UNAVAILABLE: ['UPSTREAM_UNAVAILABLE', 'UPSTREAM_OUTCOME_UNKNOWN'],
  INTERNAL: ['UPSTREAM_UNAVAILABLE', 'UPSTREAM_OUTCOME_UNKNOWN'],
}

const readme = readFileSync(new URL('../../api/README.md', import.meta.url), 'utf8')
const REST_ERRORS = [...readme.matchAll(/^\| (\d{4}) \| ([A-Z_]+) +\| (\d{3}) +\|$/gm)].map(
  ([, code, symbol = '', status]) => ({ code: Number(code), symbol, status: Number(status) }),
)

it('the table of the REST API’s errors is found', () => {
  expect(REST_ERRORS.length).toBeGreaterThan(25)
  expect(
    Object.keys(CALL_ERRORS).filter((it) => !REST_ERRORS.some((e) => e.symbol === it)),
  ).toEqual([])
})

describe.each(REST_ERRORS)('an upstream that answers $symbol', ({ code, symbol, status }) => {
  const open = () =>
    buildGatewayOver({ status, envelope: { code, message: SECRET, error: symbol } })
  let app: Awaited<ReturnType<typeof open>>
  beforeAll(async () => {
    app = await open()
  })
  afterAll(() => app.close())

  async function send(document: DocumentNode, variables: object) {
    const answer = await app.inject({
      method: 'POST',
      url: '/graphql',
      headers: { authorization: 'Bearer sk_demo' },
      payload: { query: print(document), variables },
    })
    expect(answer.statusCode).toBe(200)
    expect(answer.body).not.toContain('hunter2')
    const { data, errors = [] } = answer.json()
    const [field] = Object.values<Record<string, never> | null>(data)
    return { field, errors: errors.map((it: GraphQLError) => it.extensions.code) }
  }
  const nameOf = (document: DocumentNode) => /(?:query|mutation) (\w+)/.exec(print(document))?.[1]

  it.each(MUTATIONS)(
    'is told by its name where a mutation has one',
    async (document, input, unknown) => {
      const { field, errors } = await send(document, { input: { ...input, ...KEY } })
      const told = [...errors, ...(field?.userErrors ?? []).map((it: { code: string }) => it.code)]
      const known = valuesOf(`${nameOf(document)}UserErrorCode`)
      expect(told).toEqual([
        CALL_ERRORS[symbol]?.[1] ?? (known.includes(symbol) ? symbol : unknown),
      ])
    },
  )

  it.each(QUERIES)('is told by a code where it is no answer', async (document, variables) => {
    const { field, errors } = await send(document, variables)
    if (CALL_ERRORS[symbol] !== undefined) {
      expect([field, errors]).toEqual([null, [CALL_ERRORS[symbol][0]]])
    } else if (document === ValidateCouponDocument) {
      const known = valuesOf('CouponRejectionReason')
      expect(field?.reason).toBe(known.includes(symbol) ? symbol : 'NOT_FOUND')
    } else if (document === RedemptionsDocument) {
      // The log is about no coupon: a reason is no answer to it.
      expect([field, errors]).toEqual([null, [MASKED]])
    } else {
      expect([field, errors]).toEqual([null, []])
    }
  })
})
