import { buildSchema, parse, Source } from 'graphql'
import { expect, it } from 'vitest'
import { makeExamples } from './examples.ts'

const schema = buildSchema('type Query { coupon(code: String!): Coupon } type Coupon { code: ID }')

function makeExamplesOf(...texts: readonly string[]) {
  return makeExamples(
    schema,
    texts.map((text, index) => ({
      source: new Source(text, `documents/test-${index}.graphql`),
      document: parse(text),
    })),
  )
}

it('an example holds its comments, and the fragments that it uses and no others', () => {
  const [example] = makeExamplesOf(
    'fragment Inner on Coupon { code }',
    'fragment Outer on Coupon { ...Inner }',
    'fragment Unused on Coupon { code }',
    '# Read this.\nquery Coupon { coupon(code: "A") { ...Outer ...Outer } }',
  )
  expect(example).toMatchObject({ name: 'Coupon', field: 'coupon', variables: {} })
  expect(example?.query).toBe(`# Read this.
query Coupon {
  coupon(code: "A") {
    ...Outer
    ...Outer
  }
}

fragment Outer on Coupon {
  ...Inner
}

fragment Inner on Coupon {
  code
}
`)
})

it.each([
  ['query Coupon { coupon(code: "A") { name } }', 'Cannot query field "name"'],
  ['query Coupon($code: String!) { coupon(code: $code) { code } }', '"$code" of required type'],
  ['{ coupon(code: "A") { code } }', 'must hold a named operation of one root field'],
  ['query Coupon { coupon(code: "A") { ...Missing } }', 'There is no fragment Missing'],
  ['query Name { __typename }', 'must have an operation that asks for coupon'],
])('%s stops the generator: %s', (text, problem) => {
  expect(() => makeExamplesOf(text)).toThrow(problem)
})
