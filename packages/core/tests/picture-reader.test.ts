import { parseCouponCode } from '@coupon-gateway/coupon-code'
import { type Database, DatabaseBusyError, StatementError } from '@coupon-gateway/database'
import { describe, expect, it } from 'vitest'
import { createPictureReader } from '../src/picture-reader.ts'
import { openOnPglite, openOnPostgres } from './core-under-test.ts'

describe.each([
  { name: 'PostgreSQL', open: openOnPostgres },
  { name: 'PGlite', open: openOnPglite },
])('on $name, questions that come together', ({ open }) => {
  it('have each its own answer: by coupon, by account and by user', async () => {
    const subject = await open()
    const { core } = subject
    const code = await subject.create({ useLimit: 3 })
    const single = await subject.create({ useLimit: 1 })
    await subject.redeem(code, { userId: 'ada' })
    await subject.redeem(single, { userId: 'ada' })
    const { id: stranger } = await core.ensureAccount('stranger', 'UTC')
    const unknown = parseCouponCode('UNKNOWN001') ?? code
    const answers = await Promise.all([
      subject.validate(code, 'ada'),
      subject.validate(code, 'eve'),
      subject.validate(unknown),
      core.validate({ accountId: stranger, code, userId: null }),
      subject.validate(single),
      subject.validate(code),
    ])
    expect(answers).toMatchObject([
      { reason: 'ALREADY_REDEEMED_BY_USER', coupon: { code } },
      { outcome: 'usable', coupon: { code, usage: { used: 1, remaining: 2 } } },
      { reason: 'NOT_FOUND', coupon: null },
      { reason: 'NOT_FOUND', coupon: null },
      { reason: 'EXHAUSTED', coupon: { code: single } },
      { outcome: 'usable', coupon: { code } },
    ])
    await subject.close()
  })

  it('fail alone, where PostgreSQL refuses one', async () => {
    const subject = await open()
    const code = await subject.create()
    const answers = await Promise.allSettled([
      subject.validate(code, 'ada'),
      subject.validate(code, 'no\0text'),
      subject.validate(code, 'eve'),
    ])
    expect(answers).toMatchObject([
      { value: { outcome: 'usable' } },
      { reason: expect.any(StatementError) },
      { value: { outcome: 'usable' } },
    ])
    await subject.close()
  })
})

describe('over a database that is slow', () => {
  const code = parseCouponCode('BENCH0001')
  if (code === undefined) throw new Error('no code')
  const question = { accountId: 1, code, userId: null }

  /** Each statement answers when it is told to. */
  function openSlow() {
    const statements: { readonly questions: number; answer(): void }[] = []
    const database = {
      query: (_sql: string, [questions]: [string]) =>
        new Promise((resolve) => {
          const pictures = JSON.parse(questions).map(() => null)
          statements.push({
            questions: pictures.length,
            answer: () => resolve([{ pictures }]),
          })
        }),
    } as unknown as Database
    return { statements, readPicture: createPictureReader(database) }
  }
  const nextTurn = () => new Promise((resolve) => setImmediate(resolve))

  it('questions of one turn are one statement, and four statements at most are under way', async () => {
    const { statements, readPicture } = openSlow()
    const answers: Promise<unknown>[] = []
    for (let turn = 0; turn < 6; turn += 1) {
      answers.push(readPicture(question), readPicture(question))
      await nextTurn()
    }
    expect(statements.map(({ questions }) => questions)).toEqual([2, 2, 2, 2])
    statements[2]?.answer()
    await Promise.all(answers.slice(4, 6))
    await nextTurn()
    expect(statements.map(({ questions }) => questions)).toEqual([2, 2, 2, 2, 4])
    for (const { answer } of statements) answer()
    expect(await Promise.all(answers)).toEqual(Array(12).fill(undefined))
  })

  it('questions beyond the bound are refused, and those before them are answered', async () => {
    const { statements, readPicture } = openSlow()
    const answers = Array.from({ length: 4_096 }, () => readPicture(question))
    await expect(readPicture(question)).rejects.toThrow(DatabaseBusyError)
    await nextTurn()
    while (statements.length < 16) {
      for (const { answer } of statements) answer()
      await nextTurn()
    }
    for (const { answer } of statements) answer()
    expect(await Promise.all(answers)).toHaveLength(4_096)
  })
})
