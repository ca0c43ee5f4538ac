import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type CoreUnderTest, newKey, openOnPglite } from './core-under-test.ts'

let subject: CoreUnderTest
beforeAll(async () => {
  subject = await openOnPglite()
})
afterAll(() => subject.close())

const create = (coupon: object, rest: object = {}) =>
  subject.core.create({
    accountId: subject.accountId,
    code: { generateLength: 8 },
    coupon: { discountKind: 'percent', discount: 5, ...coupon },
    idempotencyKey: null,
    ...rest,
  })

describe('bad fields of a coupon are refused, not mended:', () => {
  it.each([
    ['a percentage with 3 decimals, which would be rounded', { discount: 99.999 }, 'discount'],
    [
      'a day in the year 0, which the calendar does not have',
      { startsOn: '0000-01-01' },
      'startsOn',
    ],
    ['a memo of 501 characters, each two UTF-16 units', { memo: '😀'.repeat(501) }, 'memo'],
  ])('%s', async (_what, coupon, field) => {
    expect(await create(coupon)).toMatchObject({ outcome: 'invalid', problems: [{ field }] })
  })

  it.each([
    ['a percentage with 2 decimals', { discount: 12.34 }],
    [
      'the first and the last day that can be written',
      { startsOn: '0001-01-01', endsOn: '9999-12-31' },
    ],
    ['a memo of 500 characters, each two UTF-16 units', { memo: '😀'.repeat(500) }],
  ])('but %s is kept as it is', async (_what, coupon) => {
    expect(await create(coupon)).toMatchObject({ outcome: 'created', coupon })
  })

  it.each(['Mars/Olympus', 'UTC+9', '+09:00', ''])(
    'and so is the time zone %j of an account',
    async (zone) => {
      await expect(subject.core.ensureAccount(`in ${zone}`, zone)).rejects.toThrow(
        'timeZone must be an IANA name',
      )
    },
  )
})

describe('a change', () => {
  it('of one field about the holder leaves the others', async () => {
    const code = await subject.create({ issuedTo: { name: 'Ada', email: 'ada@example.org' } })
    const changed = await subject.core.update({
      accountId: subject.accountId,
      code,
      changes: { issuedTo: { name: 'Ada L.' } },
      idempotencyKey: null,
    })
    expect(changed).toMatchObject({
      coupon: { issuedTo: { name: 'Ada L.', email: 'ada@example.org' } },
    })
  })
})

describe('a replay answers with the coupon of the first request', () => {
  it('although it was deleted, and another has its code now', async () => {
    const idempotencyKey = newKey()
    const first = await create({ name: 'first' }, { idempotencyKey })
    if (first.outcome !== 'created') throw new Error('not created')
    const { code } = first.coupon
    await subject.core.delete({ accountId: subject.accountId, code, idempotencyKey: null })
    await subject.create({ name: 'second' }, { code })
    expect(await create({ name: 'first' }, { idempotencyKey })).toEqual({
      ...first,
      replayed: true,
    })
  })
})

describe('one key with another on-site password is another request', () => {
  const onsite = { onsite: true }
  const keyReused = { outcome: 'key-reused' }

  it('at creation', async () => {
    const idempotencyKey = newKey()
    const withPassword = (onsitePassword?: string) =>
      create(onsite, {
        idempotencyKey,
        ...(onsitePassword === undefined ? {} : { onsitePassword }),
      })
    expect(await withPassword('aaaa')).toMatchObject({ outcome: 'created', replayed: false })
    expect(await withPassword('aaaa')).toMatchObject({ outcome: 'created', replayed: true })
    expect(await withPassword('bbbb')).toEqual(keyReused)
    expect(await withPassword('')).toEqual(keyReused)
    expect(await withPassword()).toEqual(keyReused)
  })

  it('at a change', async () => {
    const code = await subject.create(onsite)
    const idempotencyKey = newKey()
    const update = (changes: object) =>
      subject.core.update({ accountId: subject.accountId, code, changes, idempotencyKey })
    expect(await update({ onsitePassword: 'aaaa' })).toMatchObject({ replayed: false })
    expect(await update({ onsitePassword: 'aaaa' })).toMatchObject({ replayed: true })
    expect(await update({ onsitePassword: 'bbbb' })).toEqual(keyReused)
    expect(await update({ onsitePassword: '' })).toEqual(keyReused)
    expect(await update({})).toEqual(keyReused)
    expect(await subject.redeem(code, { onsitePassword: 'aaaa' })).toMatchObject({
      outcome: 'redeemed',
    })
  })
})

describe('wrong on-site passwords', () => {
  it('of long ago are forgotten: typing mistakes of a year do not lock a shop', async () => {
    const code = await subject.create({ onsite: true }, { onsitePassword: '4242' })
    const guess = () => subject.redeem(code, { onsitePassword: '0' })
    for (let count = 0; count < 4; count += 1) await guess()
    await subject.database.query(
      `update onsite_password_attempt set counted_since = counted_since - interval '16 minutes'`,
    )
    await guess()
    expect(await subject.redeem(code, { onsitePassword: '4242' })).toMatchObject({
      outcome: 'redeemed',
    })
  })
})

describe('what a caller must not ask is an error that names it, and no error of the database:', () => {
  it.each([
    ['an empty userId', { userId: '' }, 'userId'],
    ['a userId of 201 characters', { userId: 'u'.repeat(201) }, 'userId'],
    ['NUL in a memo', { memo: 'a\0b' }, 'memo'],
    ['a memo of 501 characters', { memo: 'm'.repeat(501) }, 'memo'],
  ])('%s', async (_what, request, name) => {
    const code = await subject.create()
    await expect(subject.redeem(code, request)).rejects.toThrow(`${name} must be`)
  })

  it('a rollback without a reason, or of what is no id', async () => {
    const rollback = (redemptionId: string, reason: string) =>
      subject.core.rollback({
        accountId: subject.accountId,
        redemptionId,
        reason,
        idempotencyKey: null,
      })
    await expect(rollback('x', '')).rejects.toThrow('reason must be')
    expect(await rollback("' or true", 'r')).toEqual({
      outcome: 'rejected',
      reason: 'REDEMPTION_NOT_FOUND',
    })
  })
})
