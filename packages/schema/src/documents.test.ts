import { buildSchema, graphql, Kind, parse, print, validate } from 'graphql'
import { describe, expect, expectTypeOf, it } from 'vitest'
import * as published from './index.ts'
import {
  ConfirmReservationDocument,
  CouponDocument,
  CreateCouponDocument,
  DeleteCouponDocument,
  RateLimitDocument,
  RedeemCouponDocument,
  type RedeemCouponUserErrorCode,
  RedemptionDocument,
  RedemptionsDocument,
  ReleaseReservationDocument,
  ReserveCouponDocument,
  RollbackRedemptionDocument,
  type TypedDocumentNode,
  typeDefs,
  UpdateCouponDocument,
  ValidateCouponDocument,
  ValidateCouponsDocument,
} from './index.ts'

type VariablesOf<Document> =
  Document extends TypedDocumentNode<infer _Result, infer Variables> ? Variables : never
type ResultOf<Document> =
  Document extends TypedDocumentNode<infer Result, infer _Variables> ? Result : never

const schema = buildSchema(typeDefs)
const standardOperations = {
  ConfirmReservationDocument,
  CouponDocument,
  CreateCouponDocument,
  DeleteCouponDocument,
  RateLimitDocument,
  RedeemCouponDocument,
  RedemptionDocument,
  RedemptionsDocument,
  ReleaseReservationDocument,
  ReserveCouponDocument,
  RollbackRedemptionDocument,
  UpdateCouponDocument,
  ValidateCouponDocument,
  ValidateCouponsDocument,
}

describe('the documents', () => {
  it('are the standard operations', () => {
    const names = Object.keys(published).filter((name) => name.endsWith('Document'))
    expect(names.sort()).toEqual(Object.keys(standardOperations).sort())
  })

  it.each(Object.entries(standardOperations))(
    '%s fits the schema and its limits',
    (_, document) => {
      // Printed and parsed again: what goes over the wire is what counts.
      const sent = parse(print(document), { maxTokens: 1000 })
      expect(validate(schema, sent)).toEqual([])
    },
  )

  it.each(Object.entries(standardOperations))('%s is one named operation', (name, document) => {
    const operations = document.definitions.filter(({ kind }) => kind === Kind.OPERATION_DEFINITION)
    expect(operations).toMatchObject([{ name: { value: name.replace(/Document$/, '') } }])
  })

  it('are one for each root field', () => {
    const rootFields = [schema.getQueryType(), schema.getMutationType()].flatMap((type) =>
      Object.keys(type?.getFields() ?? {}),
    )
    expect(rootFields.map((name) => `${name[0]?.toUpperCase()}${name.slice(1)}Document`)).toEqual(
      expect.arrayContaining(Object.keys(standardOperations)),
    )
    expect(rootFields).toHaveLength(Object.keys(standardOperations).length)
  })

  it('ask a discount what it is', async () => {
    const amountOff = { __typename: 'AmountDiscount', amount: { amount: '9.99', currency: 'USD' } }
    const coupon = {
      id: '1',
      code: 'WELCOME10',
      name: null,
      discount: amountOff,
      startsOn: null,
      endsOn: null,
      usage: { limit: null, used: 0, reserved: null, remaining: null },
      userLimit: null,
      requiresUserId: false,
      requiresOnsitePassword: false,
    }
    const validation = { code: 'WELCOME10', valid: true, reason: null, coupon, validatedAt: 'now' }
    const { data } = await graphql({
      schema,
      source: print(ValidateCouponDocument),
      variableValues: { code: 'WELCOME10' },
      rootValue: { validateCoupon: () => validation },
    })
    expect(data).toEqual({ validateCoupon: validation })
  })
})

describe('the types of the documents', () => {
  it('demand an idempotency key to redeem', () => {
    type Variables = VariablesOf<typeof RedeemCouponDocument>
    expectTypeOf<{ input: { code: string; idempotencyKey: string } }>().toExtend<Variables>()
    expectTypeOf<{ input: { code: string } }>().not.toExtend<Variables>()
  })

  it('let a caller pass on a user who may be absent', () => {
    expectTypeOf<{ code: string; userId: string | undefined }>().toExtend<
      VariablesOf<typeof ValidateCouponDocument>
    >()
  })

  it('demand a list of codes, not one', () => {
    type Variables = VariablesOf<typeof ValidateCouponsDocument>
    expectTypeOf<{ codes: readonly string[] }>().toExtend<Variables>()
    expectTypeOf<{ codes: string }>().not.toExtend<Variables>()
  })

  it('make callers handle a redemption that failed', () => {
    type Payload = ResultOf<typeof RedeemCouponDocument>['redeemCoupon']
    expectTypeOf<null>().toExtend<Payload>()
    expectTypeOf<
      NonNullable<Payload>['userErrors'][number]['code']
    >().toEqualTypeOf<RedeemCouponUserErrorCode>()
    expectTypeOf<null>().toExtend<NonNullable<Payload>['redemption']>()
  })

  it('demand exactly one name of a redemption', () => {
    type Variables = VariablesOf<typeof RedemptionDocument>
    expectTypeOf<{ by: { idempotencyKey: string } }>().toExtend<Variables>()
    expectTypeOf<{ by: { id: string; idempotencyKey: string } }>().not.toExtend<Variables>()
  })

  it('tell the kinds of discount apart', () => {
    type Validation = NonNullable<ResultOf<typeof ValidateCouponDocument>['validateCoupon']>
    type Discount = NonNullable<NonNullable<Validation['coupon']>['discount']>
    expectTypeOf<Extract<Discount, { __typename: 'PercentageDiscount' }>>().toEqualTypeOf<{
      readonly __typename: 'PercentageDiscount'
      readonly percent: string
    }>()
  })

  it('always have a rate limit', () => {
    expectTypeOf<ResultOf<typeof RateLimitDocument>['rateLimit']['remaining']>().toBeNumber()
  })
})
