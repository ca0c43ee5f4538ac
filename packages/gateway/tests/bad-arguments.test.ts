import {
  ConfirmReservationDocument,
  CouponDocument,
  CreateCouponDocument,
  DeleteCouponDocument,
  RedemptionDocument,
  RedemptionsDocument,
  ReleaseReservationDocument,
  ReserveCouponDocument,
  RollbackRedemptionDocument,
  UpdateCouponDocument,
} from '@coupon-gateway/schema'
import type { FastifyInstance } from 'fastify'
import { type DocumentNode, print } from 'graphql'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { buildGatewayOver } from './gateway-in-process.ts'

const requests: string[] = []
let app: FastifyInstance
beforeAll(async () => {
  const answer = { status: 200, envelope: { code: 0 } }
  app = await buildGatewayOver(answer, (path) => requests.push(path))
})
afterAll(() => app.close())
afterEach(() => {
  // What is refused by our own rules never left the house.
  expect(requests).toEqual([])
})

async function send(document: DocumentNode, variables: object) {
  const { body } = await app.inject({
    method: 'POST',
    url: '/graphql',
    headers: { authorization: 'Bearer sk_demo' },
    payload: { query: print(document), variables },
  })
  expect(body).not.toContain('hunter2')
  return JSON.parse(body)
}

const KEY = { idempotencyKey: 'order-1001' }
const LONG = 'x'.repeat(501)
const COUPON = { discount: { percent: '10' } }

describe('a mutation names the field, the problem and what is allowed:', () => {
  it.each<[DocumentNode, object, path: string, message: string]>([
    [ReserveCouponDocument, { code: 'A' }, 'code', 'code must be'],
    [
      ReserveCouponDocument,
      { code: 'WELCOME10', ttlSeconds: 0 },
      'ttlSeconds',
      'ttlSeconds must be an integer from 1 to 86400, got 0.',
    ],
    [
      ReserveCouponDocument,
      { code: 'WELCOME10', ttlSeconds: 86_401 },
      'ttlSeconds',
      'from 1 to 86400',
    ],
    [
      ReserveCouponDocument,
      { code: 'WELCOME10', memo: LONG },
      'memo',
      '0 to 500 characters, got 501',
    ],
    [ConfirmReservationDocument, { reservationId: '' }, 'reservationId', '1 to 64 visible'],
    [ReleaseReservationDocument, { reservationId: 'a b' }, 'reservationId', '1 to 64 visible'],
    [
      RollbackRedemptionDocument,
      { redemptionId: 'hunter2\n', reason: 'x' },
      'redemptionId',
      '1 to 64 visible',
    ],
    [RollbackRedemptionDocument, { redemptionId: 'r1', reason: '' }, 'reason', '1 to 500'],
    [RollbackRedemptionDocument, { redemptionId: 'r1', reason: LONG }, 'reason', '1 to 500'],
    [CreateCouponDocument, { ...COUPON, code: 'hunter2' }, 'code', 'code must be'],
    [CreateCouponDocument, { ...COUPON, codeLength: 9 }, 'codeLength', 'one of 8, 12, 16, got 9'],
    [
      CreateCouponDocument,
      { ...COUPON, code: 'WELCOME10', codeLength: 8 },
      'codeLength',
      'must be left out where there is a code',
    ],
    [CreateCouponDocument, { ...COUPON, useLimit: -1 }, 'useLimit', 'from 0 to 1000000000, got -1'],
    [CreateCouponDocument, { ...COUPON, userLimit: 0 }, 'userLimit', 'from 1 to 1000000000, got 0'],
    [CreateCouponDocument, { ...COUPON, name: '\0' }, 'name', 'Unicode without NUL'],
    [
      CreateCouponDocument,
      { ...COUPON, onsitePassword: 'hunter2'.repeat(10) },
      'onsitePassword',
      '0 to 64 characters, got 70',
    ],
    [UpdateCouponDocument, { code: '' }, 'code', 'code must be'],
    [UpdateCouponDocument, { code: 'WELCOME10', memo: LONG }, 'memo', '0 to 500'],
    [DeleteCouponDocument, { code: '-' }, 'code', 'code must be'],
  ])('%# %o', async (document, input, path, message) => {
    const { data, errors } = await send(document, { input: { ...input, ...KEY } })
    expect(errors).toBeUndefined()
    const [payload] = Object.values<{ userErrors: readonly unknown[] }>(data)
    expect(payload?.userErrors).toEqual([
      { code: 'INVALID_INPUT', field: ['input', path], message: expect.stringContaining(message) },
    ])
  })

  it('several at once, with the key among them', async () => {
    const input = { code: '', memo: LONG, idempotencyKey: 'short' }
    const { data } = await send(ReserveCouponDocument, { input })
    expect(data.reserveCoupon.userErrors.map((it: { field: string[] }) => it.field[1])).toEqual([
      'code',
      'memo',
      'idempotencyKey',
    ])
  })
})

describe('a query is refused with BAD_USER_INPUT, which names the argument:', () => {
  it.each<[DocumentNode, object, message: string]>([
    [CouponDocument, { code: 'hunter2' }, '`code` must be'],
    [RedemptionDocument, { by: { id: '' } }, '`by.id` must be 1 to 64'],
    [RedemptionDocument, { by: { idempotencyKey: 'a b' } }, '`by.idempotencyKey` must be 1 to 255'],
    [RedemptionsDocument, { first: 0 }, '`first` must be an integer from 1 to 100, got 0.'],
    [RedemptionsDocument, { first: 101 }, 'from 1 to 100, got 101.'],
    [RedemptionsDocument, { after: 'hunter2' }, '`after` must be a cursor'],
    [RedemptionsDocument, { after: btoa('redemption:1') }, '`after` must be a cursor'],
    [RedemptionsDocument, { filter: { code: '?' } }, '`filter.code` must be'],
    [RedemptionsDocument, { filter: { userId: '' } }, '`filter.userId` must have 1 to 200'],
  ])('%# %o', async (document, variables, message) => {
    const { data, errors } = await send(document, variables)
    expect(Object.values(data)).toEqual([null])
    expect(errors).toMatchObject([
      { message: expect.stringContaining(message), extensions: { code: 'BAD_USER_INPUT' } },
    ])
  })
})

describe('a value that its type does not allow never gets as far as the operation:', () => {
  const create = (input: object) => [CreateCouponDocument, { input: { ...KEY, ...input } }] as const
  it.each<readonly [DocumentNode, object]>([
    [RedemptionDocument, { by: {} }],
    [RedemptionDocument, { by: { id: 'r1', idempotencyKey: 'order-1001' } }],
    [RedemptionDocument, { by: { id: null } }],
    [RedemptionsDocument, { filter: { status: 'hunter2' } }],
    [RedemptionsDocument, { filter: { takenFrom: 'hunter2' } }],
    create({ discount: {} }),
    create({ discount: { percent: '10', amount: { amount: '1', currency: 'USD' } } }),
    create({ discount: { percent: 10 } }),
    create({ discount: { percent: '1e3' } }),
    create({ discount: { percent: '-1' } }),
    create({ discount: { percent: '1234567890.123456' } }),
    create({ ...COUPON, startsOn: '2026-02-30' }),
    create({ ...COUPON, endsOn: '2026-11-24T00:00:00Z' }),
    create({ ...COUPON, endsOn: 'hunter2' }),
  ])('%# %o', async (document, variables) => {
    const { data, errors } = await send(document, variables)
    expect(data).toBeUndefined()
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }])
  })
})
