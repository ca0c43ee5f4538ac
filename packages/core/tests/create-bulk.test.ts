import {
  type CouponCode,
  generateCouponCodes,
  hasValidCheckSymbol,
} from '@coupon-gateway/coupon-code'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { BulkCreation, CreateBulkInput } from '../src/index.ts'
import { type CoreUnderTest, newKey, openOnPglite, openOnPostgres } from './core-under-test.ts'

/** Several chunks, the last not full. */
const COUNT = 4_321

describe.each([
  ['PostgreSQL', openOnPostgres],
  ['PGlite', openOnPglite],
])('bulk creation on %s', (_name, open) => {
  let subject: CoreUnderTest
  beforeAll(async () => {
    subject = await open()
  })
  afterAll(() => subject.close())

  const order = (rest: Partial<CreateBulkInput> = {}) =>
    subject.core.createBulk({
      accountId: subject.accountId,
      count: COUNT,
      codeShape: { length: 12 },
      coupon: { discountKind: 'percent', discount: 15, name: 'bulk', useLimit: 1 },
      idempotencyKey: newKey(),
      ...rest,
    })
  const start = async (rest: Partial<CreateBulkInput> = {}) => {
    const result = await order(rest)
    if (result.outcome !== 'started') throw new Error(`not started: ${JSON.stringify(result)}`)
    return result
  }
  const readAll = async ({ creation }: { creation: BulkCreation }) => {
    const codes: CouponCode[] = []
    for await (const chunk of creation.codes()) codes.push(...chunk)
    return codes
  }
  /** Living coupons of one creation, which its name tells. */
  const stored = async (name: string) =>
    (
      await subject.database.query<{ code: string }>(
        `select code from coupon join coupon_usage on coupon_id = coupon.id
         where name = $1 and deleted_at is null`,
        [name],
      )
    ).map(({ code }) => code)
  const named = (name: string) => ({ discountKind: 'percent', discount: 15, name }) as const

  it('makes as many coupons as were ordered, with distinct codes, each of which can be redeemed', async () => {
    const codes = await readAll(await start({ coupon: { ...named('plain'), useLimit: 1 } }))
    expect(codes).toHaveLength(COUNT)
    expect(new Set(codes).size).toBe(COUNT)
    expect(codes.every((code) => code.length === 12 && hasValidCheckSymbol(code))).toBe(true)
    expect((await stored('plain')).sort()).toEqual(codes.toSorted())
    const code = codes[0] as CouponCode
    expect(await subject.validate(code)).toMatchObject({
      outcome: 'usable',
      coupon: { discount: 15, name: 'plain', useLimit: 1, usage: { used: 0, remaining: 1 } },
    })
    expect(await subject.redeem(code)).toMatchObject({ outcome: 'redeemed' })
  })

  it('leaves the database with statistics that know of the new coupons', async () => {
    await readAll(await start({ coupon: named('counted') }))
    const known = await subject.database.query<{ rows: number }>(
      `select reltuples::int as rows from pg_class where relname in ('coupon', 'coupon_usage')`,
    )
    expect(known).toHaveLength(2)
    for (const { rows } of known) expect(rows).toBeGreaterThanOrEqual(COUNT)
  })

  it('makes nothing before it is read, and goes on after it was stopped', async () => {
    const again = { coupon: named('stopped'), idempotencyKey: newKey() }
    const { creation, replayed } = await start(again)
    expect(replayed).toBe(false)
    expect(await stored('stopped')).toEqual([])

    const read: string[] = []
    for await (const chunk of creation.codes()) {
      read.push(...chunk)
      break
    }
    const before = await stored('stopped')
    expect(before.length).toBeGreaterThanOrEqual(read.length)
    expect(before.length).toBeLessThan(COUNT)

    const repeat = await start(again)
    expect(repeat.replayed).toBe(true)
    const codes = await readAll(repeat)
    expect(codes.slice(0, read.length)).toEqual(read)
    expect((await stored('stopped')).sort()).toEqual(codes.toSorted())
    expect(codes).toHaveLength(COUNT)
  })

  it('answers a repeat of a finished creation with the same codes, also when coupons were deleted since', async () => {
    const again = { coupon: named('finished'), idempotencyKey: newKey() }
    const codes = await readAll(await start(again))
    await subject.core.delete({
      accountId: subject.accountId,
      code: codes[5] as CouponCode,
      idempotencyKey: null,
    })
    const repeat = await start(again)
    expect(repeat.replayed).toBe(true)
    expect(await readAll(repeat)).toEqual(codes)
    expect(await stored('finished')).toHaveLength(COUNT - 1)
  })

  it('makes each code once when several read at the same time, and all read the same', async () => {
    const again = { coupon: named('shared'), idempotencyKey: newKey() }
    const [first, ...others] = await Promise.all(
      Array.from({ length: 4 }, async () => readAll(await start(again))),
    )
    for (const other of others) expect(other).toEqual(first)
    expect(first).toHaveLength(COUNT)
    expect((await stored('shared')).sort()).toEqual(first?.toSorted())
  })

  it('passes over codes that are taken, and still makes as many as were ordered', async () => {
    const again = { coupon: named('collided'), idempotencyKey: newKey() }
    await start(again)
    const [job] = await subject.database.query<{ seed: string }>(
      'select seed from bulk_job order by id desc limit 1',
    )
    const stream = [
      ...generateCouponCodes({
        count: COUNT + 3,
        length: 12,
        key: Buffer.from(job?.seed ?? '', 'hex'),
      }),
    ]
    // One in the first chunk, and one that is only reached because of the others.
    const taken = [7, 2_999, COUNT].map((position) => stream[position] as CouponCode)
    for (const code of taken) await subject.create({}, { code })

    const expected = stream.filter((code) => !taken.includes(code))
    expect(expected).toHaveLength(COUNT)
    expect(await readAll(await start(again))).toEqual(expected)
    expect(await readAll(await start(again))).toEqual(expected)
    expect((await stored('collided')).sort()).toEqual(expected.toSorted())
  })

  it('refuses a key of another request, in both directions', async () => {
    const idempotencyKey = newKey()
    await start({ idempotencyKey, count: 1 })
    expect(await order({ idempotencyKey, count: 2 })).toEqual({ outcome: 'key-reused' })
    expect(await order({ idempotencyKey, count: 1, onsitePassword: '1' })).toMatchObject({
      outcome: 'invalid',
    })
    await expect(subject.create({}, { idempotencyKey })).rejects.toThrow('key-reused')
  })

  it('gives all coupons the password, and tells a repeat with another one', async () => {
    const again = {
      coupon: { ...named('shop'), onsite: true, useLimit: 1 },
      count: 2,
      idempotencyKey: newKey(),
    }
    const codes = await readAll(await start({ ...again, onsitePassword: '4242' }))
    for (const code of codes) {
      expect(await subject.redeem(code)).toMatchObject({
        reason: 'ONSITE_PASSWORD_REQUIRED',
      })
      expect(await subject.redeem(code, { onsitePassword: '4242' })).toMatchObject({
        outcome: 'redeemed',
      })
    }
    expect(await order({ ...again, onsitePassword: '4243' })).toEqual({ outcome: 'key-reused' })
    expect(await order(again)).toEqual({ outcome: 'key-reused' })
  })

  it('refuses codes that could be guessed, with the shortest length that would do', async () => {
    expect(await order({ count: 30_000, codeShape: { length: 8 } })).toEqual({
      outcome: 'too-dense',
      existing: 0,
      shortestLength: 9,
    })
    // 27 codes of this shape are sparse; those of a creation before count.
    const codeShape = { length: 8, prefix: 'AB' }
    const idempotencyKey = newKey()
    await readAll(await start({ count: 20, codeShape, idempotencyKey }))
    expect(await order({ count: 8, codeShape })).toEqual({
      outcome: 'too-dense',
      existing: 20,
      shortestLength: 9,
    })
    expect(await order({ count: 1, codeShape: { length: 16, prefix: 'ABCDEFGHIJKLM' } })).toEqual({
      outcome: 'too-dense',
      existing: 0,
      shortestLength: null,
    })
    // A refusal leaves its key free; a repeat of what was ordered is not refused by its own codes.
    expect(await order({ count: 20, codeShape, idempotencyKey })).toMatchObject({
      outcome: 'started',
      replayed: true,
    })
  })

  it.each([0, 1_000_001, 1.5])('takes no count of %d', async (count) => {
    await expect(order({ count })).rejects.toThrow('count must be an integer from 1 to 1000000')
  })

  it('tells what is wrong with the settings that all share', async () => {
    expect(await order({ coupon: { discountKind: 'percent', discount: 101 } })).toMatchObject({
      outcome: 'invalid',
      problems: [{ field: 'discount' }],
    })
  })
})
