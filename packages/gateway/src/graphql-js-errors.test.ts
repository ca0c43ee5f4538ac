import { buildSchema, graphqlSync } from 'graphql'
import { describe, expect, it } from 'vitest'
import {
  codeOfGraphqlJsMessage,
  withoutRepeatedValues,
  withoutSuggestion,
} from './graphql-js-errors.ts'

const schema = buildSchema(`
  type Query {
    redeem(input: Input!): Boolean
    validate(code: String!, codes: [String!], userId: ID): Boolean
    list(status: Status, by: By): Boolean
  }
  enum Status { REDEEMED RESERVED }
  input By @oneOf { id: ID, key: ID }
  input Input { code: String!, password: String, memo: String }
`)

/** The first message of graphql-js itself about an operation, so that a new version of it shows here. */
function messageOf(source: string, variableValues: Record<string, unknown> = {}): string {
  const { errors = [] } = graphqlSync({ schema, source, variableValues, rootValue: {} })
  expect(errors).not.toEqual([])
  return errors[0]?.message ?? ''
}

const REDEEM = 'query ($input: Input!) { redeem(input: $input) }'
const VALIDATE = 'query ($code: String!) { validate(code: $code) }'
const WITH_DEFAULT = 'query ($code: String = "A") { validate(code: $code) }'

describe('withoutRepeatedValues', () => {
  it.each([
    [
      messageOf(REDEEM, { input: { code: 'A', password: 'secret', cpnNo: 1 } }),
      'Variable "$input" is not valid: Field "cpnNo" is not defined by type "Input".',
    ],
    [
      messageOf(REDEEM, { input: { password: 'secret' } }),
      'Variable "$input" is not valid: Field "code" of required type "String!" was not provided.',
    ],
    [
      messageOf(REDEEM, { input: { code: 'A', password: ['secret'] } }),
      'Variable "$input" is not valid at "input.password": String cannot represent a non string value.',
    ],
    [
      messageOf(REDEEM, { input: 'secret' }),
      'Variable "$input" is not valid: Expected type "Input" to be an object.',
    ],
    [
      messageOf(REDEEM, { input: { code: null, password: 'secret; Field "x"' } }),
      'Variable "$input" is not valid at "input.code": Expected non-nullable type "String!" not to be null.',
    ],
    [
      messageOf(REDEEM, { input: { code: { a: ' at "b"; Expected "secret' } } }),
      // What pretends to be graphql-js's own words is cut as well, where its real ones begin.
      expect.not.stringContaining('{ a'),
    ],
    [
      messageOf('query ($userId: ID) { validate(code: "A", userId: $userId) }', { userId: 1.5 }),
      'Variable "$userId" is not valid: ID cannot represent value.',
    ],
    [
      messageOf('query ($codes: [String!]) { validate(code: "A", codes: $codes) }', { codes: [1] }),
      'Variable "$codes" is not valid at "codes[0]": String cannot represent a non string value.',
    ],
    [
      messageOf('{ redeem(input: { code: "A", password: 4242 }) }'),
      'String cannot represent a non string value.',
    ],
    [messageOf('{ redeem(input: "secret") }'), 'Expected value of type "Input!".'],
    [
      messageOf('{ redeem(input: { password "secret" }) }'),
      'Syntax Error: Expected ":", found String.',
    ],
    [messageOf('{ redeem(input: { password 4242 }) }'), 'Syntax Error: Expected ":", found Int.'],
    [
      messageOf(
        'query ($code: String = "A") { redeem(input: { code: $code, password: "secret" }) }',
        { code: null },
      ),
      'Argument "input" is not valid.',
    ],
    [
      messageOf('query ($status: Status) { list(status: $status) }', { status: 'secret' }),
      'Variable "$status" is not valid: It is no value of the "Status" enum.',
    ],
    [
      messageOf('query ($status: Status) { list(status: $status) }', { status: ['secret'] }),
      'Variable "$status" is not valid: Enum "Status" cannot represent non-string value.',
    ],
    [messageOf('{ list(status: SECRET) }'), 'The value is no value of the "Status" enum.'],
    [messageOf('{ list(status: "secret") }'), 'Enum "Status" cannot represent non-enum value.'],
    [
      messageOf('query ($by: By) { list(by: $by) }', { by: { id: 'secret', key: 'secret' } }),
      'Variable "$by" is not valid: Exactly one key must be specified for OneOf type "By".',
    ],
  ])('%s → %s', (message, expected) => {
    expect(withoutRepeatedValues(message)).toEqual(expected)
  })

  it.each([
    messageOf(VALIDATE),
    messageOf(VALIDATE, { code: null }),
    messageOf(WITH_DEFAULT, { code: null }),
    messageOf('{ validat }'),
    messageOf('{'),
    '`userId` must have 1 to 200 characters, got 201.',
  ])('leaves what repeats no value as it is: %s', (message) => {
    expect(withoutRepeatedValues(message)).toBe(message)
  })

  it('cuts what is longer than any message of its own', () => {
    const message = withoutRepeatedValues(messageOf(`{ ${'a'.repeat(10_000)} }`))
    expect(message).toMatch(/^Cannot query field "aaa/)
    expect(message).toHaveLength(301)
  })
})

describe('codeOfGraphqlJsMessage', () => {
  it('knows what graphql-js finds only while it executes an operation', () => {
    expect(codeOfGraphqlJsMessage(messageOf(WITH_DEFAULT, { code: null }))).toBe('BAD_USER_INPUT')
    expect(codeOfGraphqlJsMessage(messageOf('subscription { a }'))).toBe(
      'GRAPHQL_VALIDATION_FAILED',
    )
  })

  it('knows no other message', () => {
    expect(codeOfGraphqlJsMessage('connect ECONNREFUSED 127.0.0.1:4001')).toBeUndefined()
  })
})

it('withoutSuggestion keeps the message and takes the suggestion', () => {
  expect(withoutSuggestion(messageOf('{ validat }'))).toBe(
    'Cannot query field "validat" on type "Query".',
  )
  expect(withoutSuggestion(messageOf(REDEEM, { input: { code: 'A', memos: '' } }))).not.toContain(
    'memo"',
  )
})

// Patterns that look at a value from each of its places would take minutes for these, and hold the process up meanwhile.
describe('a long value that is made for the patterns', () => {
  const LENGTH = 200_000
  const PIECES = [
    ' cannot represent',
    ' Did you mean ',
    '; Value "',
    ' at "a',
    ', found String "',
    '; a',
  ]
  const fill = (piece: string) => piece.repeat(Math.ceil(LENGTH / piece.length))

  it.each(PIECES)(
    'of %j costs no more than another of its length',
    { timeout: 10_000 },
    (piece) => {
      const value = fill(piece)
      const messages = [
        `Expected value of type "Input!", found "${value}".`,
        `Variable "$by" got invalid value { ${value}: 1 }; Field "${value}" is not defined by type "By".`,
        `Variable "$status" got invalid value "A"; Value "${value}" does not exist in "Status" enum.`,
      ]
      for (const message of messages) {
        const cut = withoutRepeatedValues(withoutSuggestion(message))
        expect(cut.length).toBeLessThanOrEqual(301)
      }
    },
  )
})
