import { createHash, randomUUID } from 'node:crypto'
import type { CouponCode } from '@coupon-gateway/coupon-code'
import { generateCouponCodes } from '@coupon-gateway/coupon-code'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ImportedCoupon, type ImportProgress, saveGroup } from '../src/index.ts'
import { type CoreUnderTest, openOnPglite, openOnPostgres } from './core-under-test.ts'

/** Several chunks, the last not full. */
const ROWS = 1_730
const GROUP_IDS = [1, 2, 3]

describe.each([
  ['PostgreSQL', openOnPostgres],
  ['PGlite', openOnPglite],
])('an import on %s', (_name, open) => {
  let subject: CoreUnderTest
  beforeAll(async () => {
    subject = await open()
    const { accountId, database } = subject
    for (const id of GROUP_IDS) {
      await saveGroup(database, { accountId, kind: 'group', id, name: '', settings: {} })
    }
  })
  afterAll(() => subject.close())

  const newHash = () => createHash('sha256').update(randomUUID()).digest('hex')
  const newRows = (count = ROWS): ImportedCoupon[] =>
    [...generateCouponCodes({ count, length: 12 })].map((code, index) => ({
      code,
      coupon: {
        discountKind: 'amount',
        discount: index + 1,
        currency: 'JPY',
        name: `row ${index}`,
        useLimit: index % 3,
        startsOn: '2026-01-01',
        groupId: (index % GROUP_IDS.length) + 1,
        issuedTo: { userId: `user-${index}` },
      },
    }))
  const start = (fileHash: string, rows: readonly ImportedCoupon[]) =>
    subject.core.importCoupons({
      accountId: subject.accountId,
      fileHash,
      rows: (async function* () {
        yield* rows
      })(),
    })
  async function importAll(fileHash: string, rows: readonly ImportedCoupon[]) {
    let last: ImportProgress | undefined
    for await (const progress of start(fileHash, rows)) last = progress
    return last
  }
  async function expectStored(rows: readonly ImportedCoupon[]) {
    const stored = await subject.database.query<{ code: string; discount: number; name: string }>(
      `select code, discount::float8 as discount, name from coupon
       join coupon_usage on coupon_id = coupon.id
       where account_id = $1 and deleted_at is null and code = any(string_to_array($2, ','))
       order by discount`,
      [subject.accountId, rows.map(({ code }) => code).join()],
    )
    expect(stored).toEqual(
      rows.map(({ code, coupon }) => ({ code, discount: coupon.discount, name: coupon.name })),
    )
  }

  it('creates a coupon of each row with all that it says', async () => {
    const rows = newRows()
    expect(await importAll(newHash(), rows)).toEqual({ done: ROWS, taken: [] })
    await expectStored(rows)
    expect(await subject.validate(rows[1]?.code as CouponCode)).toMatchObject({
      coupon: {
        ...rows[1]?.coupon,
        usage: { used: 0, remaining: 1 },
        requiresOnsitePassword: false,
      },
    })
  })

  it('goes on with the first row that was not decided, and does nothing when all were', async () => {
    const [fileHash, rows] = [newHash(), newRows()]
    const seen: number[] = []
    for await (const { done } of start(fileHash, rows)) {
      seen.push(done)
      if (seen.length === 3) break
    }
    const { done } = await subject.core.readImport(subject.accountId, fileHash)
    expect(done).toBe(seen.at(-1))
    expect(done).toBeGreaterThan(0)
    expect(done).toBeLessThan(ROWS)
    await expectStored(rows.slice(0, done))

    expect(await importAll(fileHash, rows)).toEqual({ done: ROWS, taken: [] })
    await expectStored(rows)
    expect(await importAll(fileHash, rows)).toEqual({ done: ROWS, taken: [] })
    await expectStored(rows)
  })

  it('imports each row once when several import one file at the same time', async () => {
    const [fileHash, rows] = [newHash(), newRows()]
    const ends = await Promise.all([1, 2, 3].map(() => importAll(fileHash, rows)))
    expect(ends).toEqual([1, 2, 3].map(() => ({ done: ROWS, taken: [] })))
    await expectStored(rows)
  })

  it('tells which rows had a code that was taken, and leaves those coupons alone', async () => {
    const [fileHash, rows] = [newHash(), newRows()]
    for (const index of [3, 900]) {
      await subject.create({ name: 'was first' }, { code: rows[index]?.code as CouponCode })
    }
    expect(await importAll(fileHash, rows)).toEqual({ done: ROWS, taken: [3, 900] })
    expect(await importAll(fileHash, rows)).toEqual({ done: ROWS, taken: [3, 900] })
    await expectStored(rows.filter((_, index) => index !== 3 && index !== 900))
    expect(await subject.validate(rows[3]?.code as CouponCode)).toMatchObject({
      coupon: { name: 'was first' },
    })
  })

  it('creates the code of a deleted coupon anew', async () => {
    const rows = newRows(2)
    const code = rows[0]?.code as CouponCode
    await subject.create({}, { code })
    const { accountId } = subject
    expect(
      await subject.core.findTakenCodes(
        accountId,
        rows.map((it) => it.code),
      ),
    ).toEqual(new Set([code]))
    await subject.core.delete({ accountId, code, idempotencyKey: null })
    expect(
      await subject.core.findTakenCodes(
        accountId,
        rows.map((it) => it.code),
      ),
    ).toEqual(new Set())
    expect(await importAll(newHash(), rows)).toEqual({ done: 2, taken: [] })
    await expectStored(rows)
  })

  it('stores passwords as hashes that are right, one for all rows that share a password', async () => {
    const rows = newRows(4).map((row, index) => ({
      ...row,
      coupon: { ...row.coupon, onsite: true, useLimit: 1, startsOn: null },
      ...(index === 3 ? {} : { onsitePassword: index === 2 ? 'other' : '4242' }),
    }))
    await importAll(newHash(), rows)
    const take = (index: number, onsitePassword: string | null) =>
      subject.redeem(rows[index]?.code as CouponCode, { onsitePassword })
    expect(await take(0, null)).toMatchObject({ reason: 'ONSITE_PASSWORD_REQUIRED' })
    expect(await take(0, '4242')).toMatchObject({ outcome: 'redeemed' })
    expect(await take(2, '4242')).toMatchObject({ reason: 'ONSITE_PASSWORD_WRONG' })
    expect(await take(2, 'other')).toMatchObject({ outcome: 'redeemed' })
    expect(await take(3, null)).toMatchObject({ outcome: 'redeemed' })
  })
})
