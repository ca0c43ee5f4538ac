import * as schemaPackage from '@coupon-gateway/schema'
import { typeDefs } from '@coupon-gateway/schema'
import {
  buildSchema,
  type DocumentNode,
  GraphQLError,
  getOperationAST,
  Kind,
  type OperationDefinitionNode,
  parse,
  validate,
} from 'graphql'
import { describe, expect, it } from 'vitest'
import type { ExceededLimit } from './limit-reports.ts'
import { type CostContext, costOf, FIELD_COSTS } from './operation-cost.ts'
import { createOperationLimits } from './operation-limits.ts'
import { resolvers } from './resolvers/index.ts'

const schema = buildSchema(typeDefs)

function cost(query: string, variables: CostContext['variables'] = {}) {
  const document = parse(query)
  const { calls, values, isMore } = costOf(getOperationAST(document) as OperationDefinitionNode, {
    schema,
    variables,
    fragmentOf: (name) =>
      document.definitions.find(
        (it) => it.kind === Kind.FRAGMENT_DEFINITION && it.name.value === name,
      ) as ReturnType<CostContext['fragmentOf']>,
  })
  return isMore ? 'more' : [calls, values]
}

const times = (count: number, make: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => make(index)).join(' ')
const codes = (count: number) => times(count, (index) => `"GUESS${index + 1000}"`)

it('every field that has a resolver has a cost, and no other', () => {
  const resolved = Object.entries(resolvers).flatMap(([type, fields]) =>
    schema.getType(type)?.astNode?.kind === Kind.OBJECT_TYPE_DEFINITION
      ? Object.keys(fields).map((field) => `${type}.${field}`)
      : [],
  )
  expect(Object.keys(FIELD_COSTS).sort()).toEqual(resolved.sort())
})

describe('upstream calls and fields', () => {
  it.each<[what: string, query: string, calls: number, values: number]>([
    ['of one validation', '{ validateCoupon(code: "A") { valid reason } }', 1, 3],
    ['of what costs nothing', '{ rateLimit { limit } __typename }', 0, 3],
    ['of every alias', '{ a: coupon(code: "A") { id } b: coupon(code: "B") { id } }', 2, 4],
    ['of every code of a list', `{ validateCoupons(codes: [${codes(3)}]) { valid code } }`, 3, 7],
    ['of a code that is no list', '{ validateCoupons(codes: "A") { valid } }', 1, 2],
    ['of an empty list', '{ validateCoupons(codes: []) { valid } }', 0, 2],
    [
      'of a list that is refused for its length',
      `{ validateCoupons(codes: [${codes(120)}]) { valid } }`,
      20,
      21,
    ],
    ['of a page', '{ redemptions(first: 50) { nodes { id } } }', 1, 101],
    ['of a page without a size', '{ redemptions { nodes { id } } }', 1, 41],
    [
      'of the log of each coupon of a list',
      `{ validateCoupons(codes: [${codes(3)}]) { coupon { redemptions(first: 2) { nodes { id } } } } }`,
      6,
      1 + 3 + 3 + 3 * 2 * 2,
    ],
    [
      'in a fragment, at each place',
      '{ a: validateCoupon(code: "A") { ...f } b: validateCoupon(code: "B") { ...f } } fragment f on CouponValidation { coupon { redemptions { pageInfo { hasNextPage } } } }',
      4,
      2 + 2 + 2 + 2 * 20 * 2,
    ],
    [
      'of what is asked for twice, once',
      '{ rateLimit { limit } ...f } fragment f on Query { rateLimit { limit cost } }',
      0,
      3,
    ],
    [
      'of a redemption by a staff key, which looks first',
      'mutation { redeemCoupon(input: {}) { replayed } }',
      2,
      2,
    ],
    ['behind @skip', '{ a: coupon(code: "A") @skip(if: true) { id } }', 1, 2],
    ['of fields that there are not', '{ nothing { redemptions { nodes } } }', 0, 1],
  ])('%s', (_what, query, calls, values) => {
    expect(cost(query)).toEqual([calls, values])
  })

  it.each<[what: string, codes: unknown, calls: number]>([
    ['a list', ['A', 'B', 'C'], 3],
    ['what is no list', 'A', 1],
    ['null', null, 0],
    ['nothing, so that its default counts', undefined, 2],
  ])('of a list variable that is %s', (_what, given, calls) => {
    const query =
      'query($codes: [String!]! = ["A", "B"]) { validateCoupons(codes: $codes) { code } }'
    expect(cost(query, { codes: given })).toEqual([calls, 1 + Math.max(1, calls)])
  })

  it('of a list variable that is not known yet', () => {
    const query = 'query($codes: [String!]!) { validateCoupons(codes: $codes) { code } }'
    expect(cost(query, 'fewest')).toEqual([1, 2])
    expect(cost(query, 'most')).toEqual([20, 21])
  })

  it('of a page whose size is hostile are no more than the largest page', () => {
    const query = 'query($first: Int) { redemptions(first: $first) { nodes { id } } }'
    for (const first of [1e9, Number.POSITIVE_INFINITY, 100]) {
      expect(cost(query, { first })).toEqual([1, 201])
    }
    for (const first of [-5, 'x', {}, [1]]) expect(cost(query, { first })).toEqual([1, 3])
  })
})

describe('fragments', () => {
  it('that multiply were a million fields of a thousand tokens', () => {
    const aliases = (field: string, below: string) =>
      times(16, (index) => `${field[0]}${index}: ${field} { ...${below} }`)
    const query = `{ validateCoupon(code: "A") { ...a } }
      fragment a on CouponValidation { ${aliases('coupon', 'b')} }
      fragment b on Coupon { ${aliases('redemptions', 'c')} }
      fragment c on RedemptionConnection { ${aliases('edges', 'd')} }
      fragment d on RedemptionEdge { ${aliases('node', 'e')} }
      fragment e on Redemption { ${times(16, (index) => `i${index}: id`)} }`
    expect(cost(query)).toBe('more')
    expect(() => parse(query, { maxTokens: 1_000 })).not.toThrow()
  })

  it('in a cycle end the counting', () => {
    const query = `{ validateCoupon(code: "A") { ...a } }
      fragment a on CouponValidation { coupon { ...b } } fragment b on Coupon { usage { ...c } ...b }
      fragment c on CouponUsage { limit ...c }`
    expect(cost(query)).toEqual([1, 4])
  })
})

function judge(query: string, variables: Readonly<Record<string, unknown>> = {}) {
  const reported: ExceededLimit[] = []
  const limits = createOperationLimits({
    mode: 'enforce',
    reports: { exceeded: (what) => reported.push(what) },
  })
  const document: DocumentNode = parse(query)
  const operation = getOperationAST(document) as OperationDefinitionNode
  const [error] = validate(schema, document, [limits.rule])
  if (error !== undefined) return { by: 'the rule', code: error.extensions.code, reported }
  try {
    limits.checkVariables(schema, document, operation, variables)
    return { by: 'nothing' }
  } catch (refusal) {
    const { extensions } = refusal as GraphQLError
    expect(refusal).toBeInstanceOf(GraphQLError)
    return { by: 'its variables', code: extensions.code, reported }
  }
}

describe('an operation is refused with COST_LIMIT_EXCEEDED', () => {
  const code = 'COST_LIMIT_EXCEEDED'
  const lists = (count: number) =>
    `query($codes: [String!]!) { ${times(count, (index) => `l${index}: validateCoupons(codes: $codes) { valid }`)} }`

  it('for the lists in its text', () => {
    const query = `{ ${times(3, (index) => `l${index}: validateCoupons(codes: [${codes(20)}]) { valid }`)} }`
    expect(judge(query)).toEqual({
      by: 'the rule',
      code,
      reported: [{ limit: 'calls', isEnforced: true }],
    })
  })

  it('for the lists in its variables', () => {
    expect(judge(lists(3), { codes: Array(20).fill('A') })).toEqual({
      by: 'its variables',
      code,
      reported: [{ limit: 'calls', isEnforced: true }],
    })
    expect(judge(lists(3), { codes: Array(16).fill('A') })).toEqual({ by: 'nothing' })
    expect(judge(lists(2), { codes: Array(20).fill('A') })).toEqual({ by: 'nothing' })
  })

  it('for asking for the log of a coupon again and again', () => {
    const logs = times(
      60,
      (index) => `r${index}: redemptions(first: 1) { pageInfo { hasNextPage } }`,
    )
    expect(judge(`{ coupon(code: "A") { ${logs} } }`)).toMatchObject({ by: 'the rule', code })
  })

  it('for an answer of a million fields', () => {
    const ids = times(200, (index) => `i${index}: id`)
    expect(judge(`{ redemptions(first: 100) { nodes { ${ids} } } }`)).toEqual({
      by: 'the rule',
      code,
      reported: [{ limit: 'values', isEnforced: true }],
    })
  })
})

const DOCUMENTS = Object.entries(schemaPackage).filter(([name]) => name.endsWith('Document'))

it('there are published documents', () => {
  expect(DOCUMENTS.length).toBeGreaterThanOrEqual(14)
})

it.each(DOCUMENTS)('%s is within the limits whatever its variables are', (_name, published) => {
  const document = published as DocumentNode
  const limits = createOperationLimits({ mode: 'enforce', reports: { exceeded() {} } })
  expect(validate(schema, document, [limits.rule])).toEqual([])
  const operation = getOperationAST(document) as OperationDefinitionNode
  const long = Array(1_000).fill('GUESS1000')
  const variables = { codes: long, first: 1_000 }
  expect(() => limits.checkVariables(schema, document, operation, variables)).not.toThrow()
})
