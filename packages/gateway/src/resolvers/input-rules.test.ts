import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { findRedeemInputProblems, findUserIdProblem } from './input-rules.ts'

const valid = { code: 'welcome-10', idempotencyKey: 'order-17' }
const fieldsOf = (input: object) =>
  findRedeemInputProblems({ ...valid, ...input }).map(({ field }) => field)

/** Texts that can be stored: at most so many whole characters, without NUL. */
const storable = (maxLength: number) =>
  fc.string({ unit: 'binary', maxLength }).filter((text) => !text.includes('\0'))

describe('findRedeemInputProblems', () => {
  it('finds nothing wrong with what is left out or null', () => {
    expect(fieldsOf({})).toEqual([])
    expect(fieldsOf({ userId: null, memo: null, onsitePassword: null })).toEqual([])
  })

  it('finds nothing wrong with any text that can be stored', () => {
    fc.assert(
      fc.property(storable(200), storable(500), storable(64), (userId, memo, onsitePassword) => {
        expect(fieldsOf({ userId: userId || 'u', memo, onsitePassword })).toEqual([])
      }),
    )
  })

  it.each(['userId', 'memo', 'onsitePassword'])('refuses a %s that cannot be stored', (field) => {
    fc.assert(
      fc.property(
        storable(20),
        storable(20),
        fc.constantFrom('\0', '\ud800', '\udfff'),
        (before, after, unfit) => {
          // Between letters, so that two halves do not become a whole.
          expect(fieldsOf({ [field]: `${before}a${unfit}z${after}` })).toEqual([field])
        },
      ),
    )
  })

  it.each([
    ['userId', 200],
    ['memo', 500],
    ['onsitePassword', 64],
  ])('takes a %s of %i characters and none longer', (field, max) => {
    expect(fieldsOf({ [field]: 'a'.repeat(max) })).toEqual([])
    expect(findRedeemInputProblems({ ...valid, [field]: 'a'.repeat(max + 1) })).toEqual([
      { field, problem: expect.stringContaining(`to ${max} characters, got ${max + 1}`) },
    ])
  })

  it.each([
    ['userId', 200],
    ['memo', 500],
    ['onsitePassword', 64],
  ])('a %s of %i emoji counted as twice as many characters', (field, max) => {
    expect(fieldsOf({ [field]: '💌'.repeat(max) })).toEqual([])
    expect(findRedeemInputProblems({ ...valid, [field]: '💌'.repeat(max + 1) })).toEqual([
      { field, problem: expect.stringContaining(`to ${max} characters, got ${max + 1}`) },
    ])
  })

  it('takes every idempotencyKey of 8 to 64 characters of A-Z, a-z, 0-9, _ and -', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Za-z0-9_-]{8,64}$/), (idempotencyKey) => {
        expect(fieldsOf({ idempotencyKey })).toEqual([])
      }),
    )
  })

  it('takes no other idempotencyKey', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }).filter((text) => !/^[A-Za-z0-9_-]{8,64}$/.test(text)),
        (idempotencyKey) => {
          expect(fieldsOf({ idempotencyKey })).toEqual(['idempotencyKey'])
        },
      ),
    )
    for (const idempotencyKey of ['order-17\n', ' order-17', 'órder-17', 'k'.repeat(65)]) {
      expect(fieldsOf({ idempotencyKey })).toEqual(['idempotencyKey'])
    }
  })

  it('names everything that is wrong, in the order of the fields', () => {
    expect(
      fieldsOf({
        idempotencyKey: '',
        onsitePassword: '\0',
        memo: '\0',
        userId: '',
        code: 'short',
      }),
    ).toEqual(['code', 'userId', 'memo', 'onsitePassword', 'idempotencyKey'])
  })
})

describe('findUserIdProblem', () => {
  it.each(['u', 'u'.repeat(200), '🧁', ' '])('finds nothing wrong with %j', (userId) => {
    expect(findUserIdProblem(userId)).toBeUndefined()
  })

  it.each([
    ['', 'must have 1 to 200 characters, got 0'],
    ['u'.repeat(201), 'must have 1 to 200 characters, got 201'],
    ['a\0b', 'must be well-formed Unicode without NUL'],
    ['\ud83e', 'must be well-formed Unicode without NUL'],
  ])('says of %j what is allowed', (userId, problem) => {
    expect(findUserIdProblem(userId)).toBe(problem)
  })
})
