import { buildSchema, printSchema } from 'graphql'
import { describe, expect, it } from 'vitest'
import { findBreakingChanges } from './breaking-changes.ts'
import {
  findUnannouncedChanges,
  type Release,
  readCurrent,
  readPublished,
  toPublishedText,
} from './published-sdl.ts'

it('nothing that was published is broken', async () => {
  const changes = await findUnannouncedChanges(readPublished(), readCurrent())
  expect(changes, 'Take it back, or raise "version" in package.json for it').toEqual([])
})

it('a release publishes the whole SDL, under its version', () => {
  const current = readCurrent()
  const text = toPublishedText(current)
  expect(text).toMatch(`# Version ${current.version}, as published.`)
  expect(printSchema(buildSchema(text))).toBe(printSchema(buildSchema(current.sdl)))
})

const SDL = `
  type Query { coupon(code: String!, first: Int = 20): Coupon, usage: Int! }
  type Mutation { redeem(input: RedeemInput!): Coupon }
  type Coupon implements Named { name: String, status: Status!, discount: Discount }
  interface Named { name: String }
  input RedeemInput { code: String!, memo: String, ttlSeconds: Int = 900 }
  enum Status { OPEN USED }
  union Discount = Percent | Amount
  type Percent { percent: Int }
  type Amount { amount: Int }
`

describe('breaks clients:', () => {
  it.each([
    ['a field is gone', 'usage: Int!', ''],
    ['a mutation is gone', 'redeem(input: RedeemInput!): Coupon', 'other: Int'],
    ['a field can be null now', 'usage: Int!', 'usage: Int'],
    ['a field has another type', 'name: String, status', 'name: Int, status'],
    ['a value of an enum is gone', 'OPEN USED', 'OPEN'],
    ['a member of a union is gone', '= Percent | Amount', '= Percent'],
    ['an interface is gone', 'implements Named', ''],
    ['an argument is gone', ', first: Int = 20', ''],
    ['an argument is required', 'first: Int = 20', 'first: Int!'],
    ['there is a new argument that is required', 'first: Int = 20', 'first: Int, userId: ID!'],
    ['a default of an argument is another', 'first: Int = 20', 'first: Int = 100'],
    ['a default of an input field is another', 'ttlSeconds: Int = 900', 'ttlSeconds: Int = 60'],
    ['an input field is gone', ', memo: String', ''],
    ['an input field is required', 'memo: String', 'memo: String!'],
    ['there is a new input field that is required', 'memo: String', 'memo: String, key: ID!'],
    ['an input takes one field alone now', 'input RedeemInput', 'input RedeemInput @oneOf'],
  ])('%s', async (_, before, after) => {
    expect(await changesOf(before, after)).not.toEqual([])
  })
})

describe('breaks nobody:', () => {
  it.each([
    ['a new field', 'usage: Int!', 'usage: Int! more: Int'],
    ['a new value of an enum', 'OPEN USED', 'OPEN USED LOST'],
    ['a new member of a union', '= Percent | Amount', '= Percent | Amount | Coupon'],
    ['a new argument', 'first: Int = 20', 'first: Int = 20, after: String'],
    ['a new input field', 'memo: String', 'memo: String, note: String'],
    ['a field that is never null any more', 'discount: Discount', 'discount: Discount!'],
    ['an argument that may be left out now', 'coupon(code: String!', 'coupon(code: String'],
    ['a description', 'usage: Int!', '"How often." usage: Int!'],
    ['a deprecation', 'usage: Int!', 'usage: Int! @deprecated(reason: "Ask the coupon.")'],
  ])('%s', async (_, before, after) => {
    expect(await changesOf(before, after)).toEqual([])
  })
})

describe('the version announces what breaks:', () => {
  const published: Release = { version: '1.4.0', sdl: SDL }
  const broken = SDL.replace('usage: Int!', '')
  it.each([
    ['1.4.0', '1.4.1', false],
    ['1.4.0', '1.5.0', false],
    ['1.4.0', '2.0.0', true],
    ['0.4.0', '0.4.1', false],
    ['0.4.0', '0.5.0', true],
    ['0.4.0', '1.0.0', true],
    ['2.0.0', '0.9.0', false],
  ])('from %s to %s: %s', async (before, after, announces) => {
    const changes = await findUnannouncedChanges(
      { ...published, version: before },
      { version: after, sdl: broken },
    )
    expect(changes).toHaveLength(announces ? 0 : 1)
  })
})

function changesOf(before: string, after: string): Promise<string[]> {
  if (!SDL.includes(before)) throw new Error(`The SDL of this test has no ${before}`)
  return findBreakingChanges(SDL, SDL.replace(before, after))
}
