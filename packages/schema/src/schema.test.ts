import { readFileSync } from 'node:fs'
import {
  assertValidSchema,
  buildSchema,
  GraphQLBoolean,
  type GraphQLEnumType,
  GraphQLNonNull,
  type GraphQLObjectType,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isNonNullType,
  isObjectType,
  isSpecifiedScalarType,
  printSchema,
} from 'graphql'
import { describe, expect, expectTypeOf, it } from 'vitest'
import {
  type Coupon,
  type CouponRejectionReason,
  ERROR_CODES,
  type Resolvers,
  typeDefs,
} from './index.ts'

const schema = buildSchema(typeDefs)
const describedElements = findDescribedElements()

describe('the SDL', () => {
  it('builds a valid schema', () => {
    assertValidSchema(schema)
  })

  it('is the same in schema.graphql and in the module', () => {
    const published = readFileSync(new URL('../schema.graphql', import.meta.url), 'utf8')
    expect(printSchema(buildSchema(published))).toBe(printSchema(schema))
  })

  it.each(describedElements)('describes $name', ({ description }) => {
    expect(description ?? '').toMatch(/\w.*[.!?:]$/s)
  })

  it.each([
    ['redeemCoupon', 'UPSTREAM_TIMEOUT'],
    ['redeemCoupon', 'INTERNAL_SERVER_ERROR'],
    ['redeemCoupon', 'UPSTREAM_OUTCOME_UNKNOWN'],
    ['redeemCoupon', 'UPSTREAM_UNAVAILABLE'],
    ['redeemCoupon', 'OVERLOADED'],
    ['redeemCoupon', 'RATE_LIMITED'],
    ['redeemCoupon', 'FORBIDDEN'],
    ['redeemCoupon', 'PLAN_UPGRADE_REQUIRED'],
  ])('%s ended in %s, and its description did not say what that means', (name, code) => {
    expect(schema.getMutationType()?.getFields()[name]?.description).toContain(`\`${code}\``)
  })

  it.each([
    ['Query.validateCoupon', 'NOT_FOUND'],
    ['Query.validateCoupons', 'NOT_FOUND'],
    ['Mutation.redeemCoupon', 'NOT_FOUND'],
    ['Mutation.redeemCoupon', 'ONSITE_PASSWORD_WRONG'],
    ['RateLimit', 'NOT_FOUND'],
    ['RateLimit', 'ONSITE_PASSWORD_WRONG'],
  ])('%s did not say that %s costs 5 calls', (element, reason) => {
    const description = describedElements.find(({ name }) => name === element)?.description
    expect(description).toMatch(/\b5\b/)
    expect(description).toContain(`\`${reason}\``)
  })

  it('names no code in its descriptions that nothing can send', () => {
    const codes = new Set([
      ...Object.keys(ERROR_CODES),
      ...Object.values(schema.getTypeMap())
        .filter(isEnumType)
        .flatMap((type) => type.getValues().map(({ name }) => name)),
      'CALLER',
      'UPSTREAM',
    ])
    const named = describedElements.flatMap(({ description }) =>
      [...(description ?? '').matchAll(/`([A-Z][A-Z_]{5,})`/g)].map(([, code]) => code),
    )
    expect(named.length).toBeGreaterThan(10)
    expect(named.filter((code) => !codes.has(code ?? ''))).toEqual([])
  })
})

describe('the conventions of the contract', () => {
  const rootFields = [schema.getQueryType(), schema.getMutationType()].flatMap((type) =>
    Object.values(type?.getFields() ?? {}),
  )
  const mutationFields = Object.values(schema.getMutationType()?.getFields() ?? {})

  it('a failure of one root field leaves the others: only rateLimit cannot be null', () => {
    expect(rootFields.filter(({ type }) => isNonNullType(type)).map(({ name }) => name)).toEqual([
      'rateLimit',
    ])
  })

  it.each(mutationFields)(
    '$name takes one input and answers with a payload of its own',
    (field) => {
      const typeName = `${field.name[0]?.toUpperCase()}${field.name.slice(1)}`
      expect(field.args.map(({ name, type }) => `${name}: ${type}`)).toEqual([
        `input: ${typeName}Input!`,
      ])
      expect(String(field.type)).toBe(`${typeName}Payload`)
    },
  )

  it('a repeat is safe: every input of a mutation demands an idempotency key', () => {
    const inputs = mutationFields.map(({ args }) => args[0] && getNullableType(args[0].type))
    for (const type of inputs) {
      if (!isInputObjectType(type)) throw new Error(`${type} is no input`)
      expect(type.getFields().idempotencyKey?.type).toBeInstanceOf(GraphQLNonNull)
    }
  })

  it.each(mutationFields)('$name answers if it was replayed, and why it was refused', (field) => {
    const name = String(field.type).replace(/Payload$/, '')
    const payload = schema.getType(`${name}Payload`) as GraphQLObjectType
    expect(payload.getFields()).toMatchObject({
      replayed: { type: new GraphQLNonNull(GraphQLBoolean) },
    })
    expect(String(payload.getFields().userErrors?.type)).toBe(`[${name}UserError!]!`)
    const userError = schema.getType(`${name}UserError`) as GraphQLObjectType
    expect(userError.getInterfaces().map(String)).toEqual(['UserError'])
    expect(String(userError.getFields().code?.type)).toBe(`${name}UserErrorCode!`)
    expect(valuesOf(`${name}UserErrorCode`)).toEqual(
      expect.arrayContaining([
        'INVALID_INPUT',
        'IDEMPOTENCY_KEY_PARAMETER_MISMATCH',
        'IDEMPOTENCY_CONCURRENT_REQUEST',
      ]),
    )
  })

  it.each(['RedeemCouponUserErrorCode', 'ReserveCouponUserErrorCode'])(
    'every reason that validate gives is in %s',
    (name) => {
      expect(valuesOf(name)).toEqual(expect.arrayContaining(valuesOf('CouponRejectionReason')))
    },
  )

  it('no field answers an on-site password', () => {
    const answered = Object.values(schema.getTypeMap())
      .filter((type) => isObjectType(type) || isInterfaceType(type))
      .flatMap((type) => Object.values(type.getFields()))
      .filter(({ name, type }) => /password/i.test(name) && String(type) !== 'Boolean!')
    expect(answered).toEqual([])
  })
})

describe('the types', () => {
  it('hold an enum as its values', () => {
    expectTypeOf<'NOT_FOUND'>().toExtend<CouponRejectionReason>()
    expectTypeOf<'UNKNOWN'>().not.toExtend<CouponRejectionReason>()
  })

  it('hold scalars and ids as strings', () => {
    expectTypeOf<Coupon['id']>().toEqualTypeOf<string>()
    expectTypeOf<Coupon['startsOn']>().toEqualTypeOf<string | null>()
  })

  it('give resolvers the context that the server chose', () => {
    interface ServerContext {
      readonly callerId: string
    }
    type RateLimitResolver = Extract<
      NonNullable<Resolvers<ServerContext>['Query']>['rateLimit'],
      (...args: never[]) => unknown
    >
    expectTypeOf<Parameters<RateLimitResolver>[2]>().toEqualTypeOf<ServerContext>()
  })

  it('demand a resolver for every root field', () => {
    // @ts-expect-error validateCoupon and validateCoupons are missing
    const resolvers: Resolvers = { Query: { rateLimit: () => Promise.reject(new Error()) } }
    expect(resolvers.Query).toBeDefined()
  })

  it('demand every field of what a resolver answers', () => {
    // @ts-expect-error remaining is missing
    const answer: Coupon['usage'] = { limit: null, used: 0, reserved: null }
    expect(answer).toBeDefined()
  })
})

function findDescribedElements() {
  const types = Object.values(schema.getTypeMap()).filter(
    (type) => !isIntrospectionType(type) && !isSpecifiedScalarType(type),
  )
  return [
    { name: 'the schema', description: schema.description },
    ...types,
    ...types.flatMap((type) => {
      if (isEnumType(type)) return type.getValues().map((value) => within(type.name, value))
      if (isInputObjectType(type)) {
        return Object.values(type.getFields()).map((field) => within(type.name, field))
      }
      if (!isObjectType(type) && !isInterfaceType(type)) return []
      return Object.values(type.getFields()).flatMap((field) => [
        within(type.name, field),
        ...field.args.map((argument) => within(`${type.name}.${field.name}`, argument)),
      ])
    }),
  ].map(({ name, description }) => ({ name, description }))
}

function within(
  parent: string,
  { name, description }: { name: string; description?: string | null | undefined },
) {
  return { name: `${parent}.${name}`, description }
}

function valuesOf(enumName: string): string[] {
  return (schema.getType(enumName) as GraphQLEnumType).getValues().map(({ name }) => name)
}
