import { typeDefs } from '@coupon-gateway/schema'
import { buildSchema, getIntrospectionQuery, parse, specifiedRules, validate } from 'graphql'
import { describe, expect, it } from 'vitest'
import type { ExceededLimit } from './limit-reports.ts'
import { createOperationLimits } from './operation-limits.ts'

const published = buildSchema(typeDefs)
/** The published schema cannot nest as deep as the limit is. */
const nesting = buildSchema(`
  type Query { node: Node }
  type Node { node: Node id: ID }
  type Mutation { redeemCoupon: Node deleteCoupon: Node }
`)

const { rule } = createOperationLimits({ mode: 'enforce', reports: { exceeded() {} } })
const refusalsOf = (document: string, schema = published) =>
  validate(schema, parse(document), [rule]).map(({ message }) => message)

const times = (count: number, make: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => make(index)).join(' ')
const validations = (count: number) =>
  times(count, (index) => `a${index}: validateCoupon(code: "GUESS${index}") { valid }`)
const redeems = (count: number, prefix = 'r') =>
  times(
    count,
    (index) =>
      `${prefix}${index}: redeemCoupon(input: { code: "WELCOME10", idempotencyKey: "key-0000${index}" }) { replayed }`,
  )
const nested = (depth: number) => `${'{ node '.repeat(depth - 1)}{ id }${' }'.repeat(depth - 1)}`

const tooMany = (count: number) => `An operation may have at most 10 root fields, got ${count}.`
const tooDeep = (depth: number) => `An operation may be at most 8 fields deep, got ${depth}.`
const tooManyWrites = (count: number) =>
  `A document may have at most 1 write, such as \`redeemCoupon\`, got ${count}.`

describe('root fields', () => {
  it('may be 10', () => {
    expect(refusalsOf(`{ ${validations(10)} }`)).toEqual([])
  })

  it.each([
    ['as aliases', `{ ${validations(30)} }`, 30],
    ['one more than allowed', `{ ${validations(10)} rateLimit { cost } }`, 11],
    ['in a fragment', `{ ...all } fragment all on Query { ${validations(30)} }`, 30],
    ['in an inline fragment', `{ ... on Query { ... { ${validations(30)} } } }`, 30],
    [
      'over several fragments',
      `{ ...a ...b } fragment a on Query { ${validations(8)} ...b }
       fragment b on Query { ${times(8, (index) => `b${index}: rateLimit { cost }`)} }`,
      16,
    ],
    [
      'behind @skip',
      `{ ${validations(30).replaceAll('{ valid }', '@skip(if: true) { valid }')} }`,
      30,
    ],
    ['as __typename', `{ ${times(500, (index) => `a${index}: __typename`)} }`, 500],
  ])('guessed codes %s', (_how, document, count) => {
    expect(refusalsOf(document)).toEqual([tooMany(count)])
  })

  it('that are one field of the answer are run once, and count once', () => {
    const spreads = times(11, (index) => `...f${index}`)
    const fragments = times(11, (index) => `fragment f${index} on Query { rateLimit { cost } }`)
    expect(refusalsOf(`{ ${spreads} } ${fragments}`)).toEqual([])
  })

  it('are counted for each operation, since one of them is run', () => {
    expect(refusalsOf(`query a { ${validations(10)} } query b { ${validations(10)} }`)).toEqual([])
    expect(refusalsOf(`query a { ${validations(11)} } query b { ${validations(12)} }`)).toEqual([
      tooMany(11),
      tooMany(12),
    ])
  })
})

describe('writes', () => {
  it('may be one', () => {
    expect(refusalsOf(`mutation { ${redeems(1)} __typename }`)).toEqual([])
  })

  it.each([
    ['as aliases', `mutation { ${redeems(3)} }`, 3],
    [
      'through fragments',
      `mutation { ...a ... on Mutation { ${redeems(1, 'x')} } }
       fragment a on Mutation { ${redeems(1, 'y')} ...b } fragment b on Mutation { ${redeems(1, 'z')} }`,
      3,
    ],
    ['in several operations', `mutation a { ${redeems(1)} } mutation b { ${redeems(1)} }`, 2],
  ])('redeemed several times in one document %s', (_how, document, count) => {
    expect(refusalsOf(document)).toEqual([tooManyWrites(count)])
  })

  it('are every field of Mutation', () => {
    expect(refusalsOf('mutation { redeemCoupon { id } deleteCoupon { id } }', nesting)).toEqual([
      tooManyWrites(2),
    ])
  })
})

describe('depth', () => {
  it('may be 8', () => {
    expect(refusalsOf(nested(8), nesting)).toEqual([])
  })

  it.each([
    ['in itself', nested(20), 20],
    ['in inline fragments', `${'{ ... { node '.repeat(8)}{ id }${' } }'.repeat(8)}`, 9],
    [
      'over fragments',
      `{ node { ...a } } fragment a on Node { node { node { node { ...b } } } }
       fragment b on Node ${nested(5)}`,
      9,
    ],
  ])('nested without end %s', (_how, document, depth) => {
    expect(refusalsOf(document, nesting)).toEqual([tooDeep(depth)])
  })

  it('has no part in introspection, which a playground needs deeper', () => {
    expect(refusalsOf(getIntrospectionQuery({ inputValueDeprecation: true }))).toEqual([])
  })

  it('does not count __typename, which clients add everywhere', () => {
    expect(refusalsOf(nested(8).replace('{ id }', '{ id __typename }'), nesting)).toEqual([])
  })
})

describe('fragments', () => {
  it('in a cycle end the counting, and are refused by graphql-js', () => {
    const document = `{ ...a } fragment a on Query { ...b node { ...c } }
      fragment b on Query { ...a } fragment c on Node { node { ...c } }`
    expect(refusalsOf(document, nesting)).toEqual([])
    expect(
      validate(nesting, parse(document), [...specifiedRules, rule]).map(({ message }) => message),
    ).toContainEqual(expect.stringContaining('within itself'))
  })

  it('that double in a chain of 60 were not followed 2^60 times', () => {
    const chain = times(
      60,
      (index) =>
        `fragment f${index} on Node { a: node { ...f${index + 1} } b: node { ...f${index + 1} } }`,
    )
    const document = `{ node { ...f0 } } ${chain} fragment f60 on Node { id }`
    expect(refusalsOf(document, nesting)).toEqual([tooDeep(62)])
  })

  it('that are unknown are for another rule to refuse', () => {
    expect(refusalsOf('{ ...nowhere node { ...nowhere } }', nesting)).toEqual([])
  })
})

describe('measured', () => {
  it('what is past a limit is reported, and nothing is refused', () => {
    const reported: ExceededLimit[] = []
    const measured = createOperationLimits({
      mode: 'measure',
      reports: { exceeded: (what) => reported.push(what) },
    })
    const document = parse(`{ ${validations(11)} }`)
    expect(validate(published, document, [measured.rule])).toEqual([])
    expect(reported).toEqual([{ limit: 'root-fields', isEnforced: false }])
  })
})
