import { ERROR_CODES, typeDefs } from '@coupon-gateway/schema'
import { buildSchema, isEnumType, isInterfaceType } from 'graphql'
import { describe, expect, it } from 'vitest'
import { FAILURE_TEXTS } from './failures.ts'
import { REFUSAL_TEXTS, refusalText } from './refusals.ts'

const schema = buildSchema(typeDefs)

/** Every value of the enums that tell of a refusal, as the published schema has them. */
function refusalCodes(): ReadonlySet<string> {
  const userError = schema.getType('UserError')
  if (!isInterfaceType(userError)) throw new Error('UserError is an interface')
  const enums = schema
    .getPossibleTypes(userError)
    .map((type) => `${type.name}Code`)
    .concat('CouponRejectionReason')
    .map((name) => schema.getType(name))
  expect(enums.length).toBe(Object.keys(schema.getMutationType()?.getFields() ?? {}).length + 1)
  return new Set(
    enums.flatMap((type) => (isEnumType(type) ? type.getValues().map(({ name }) => name) : [])),
  )
}

const SENTENCES = /^[A-Z][^\n]*[.!]$/

describe('people are told in words', () => {
  it('of every reason and every code in userErrors that the schema has, and of no other', () => {
    expect(new Set(Object.keys(REFUSAL_TEXTS))).toEqual(refusalCodes())
  })

  it('of every code in errors that the gateway has', () => {
    const own = ['OFFLINE', 'NO_ANSWER', 'UNREADABLE_ANSWER']
    expect(Object.keys(FAILURE_TEXTS).sort()).toEqual([...Object.keys(ERROR_CODES), ...own].sort())
  })

  it.each(Object.entries(REFUSAL_TEXTS))('%s: what is so, and what to do', (code, text) => {
    expect(text.text).toMatch(SENTENCES)
    expect(text.advice).toMatch(SENTENCES)
    expect(`${text.text} ${text.advice}`).not.toContain(code)
  })

  it.each(Object.entries(FAILURE_TEXTS))('%s', (code, { text }) => {
    expect(text).toMatch(SENTENCES)
    expect(text).not.toContain(code)
  })

  it('of a code that a later gateway adds: it counts as final', () => {
    expect(refusalText('OUT_OF_STOCK')).toMatchObject({ text: 'This coupon cannot be used.' })
    expect(refusalText('constructor')).toMatchObject({ text: 'This coupon cannot be used.' })
  })
})

describe('what may have had its effect all the same is repeated until its answer is there:', () => {
  it.each(Object.entries(FAILURE_TEXTS).filter(([, { mayHaveHappened }]) => mayHaveHappened))(
    '%s',
    (_, { next }) => {
      expect(next).toBe('repeat')
    },
  )

  it('and the codes of the contract that say so are among them', () => {
    for (const code of ['UPSTREAM_OUTCOME_UNKNOWN', 'INTERNAL_SERVER_ERROR'] as const) {
      expect(FAILURE_TEXTS[code].mayHaveHappened).toBe(true)
    }
  })
})
