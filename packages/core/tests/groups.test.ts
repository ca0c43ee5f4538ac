import { generateCouponCode } from '@coupon-gateway/coupon-code'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Coupon, CouponChanges, GroupKind, GroupSettings, NewCoupon } from '../src/index.ts'
import { completeImport, listGroups, readGroups, saveGroup } from '../src/index.ts'
import { type CoreUnderTest, newKey, openOnPglite, openOnPostgres } from './core-under-test.ts'

describe.each([
  ['PGlite', () => openOnPglite()],
  ['PostgreSQL', () => openOnPostgres()],
])('groups and templates on %s', (_name, open) => {
  let subject: CoreUnderTest
  beforeAll(async () => {
    subject = await open()
  })
  afterAll(() => subject.close())

  let lastId = 0
  /** @returns the number of a new one */
  const save = async (kind: GroupKind, settings: GroupSettings, id = ++lastId) => {
    const { accountId, database } = subject
    const result = await saveGroup(database, { accountId, kind, id, name: 'test', settings })
    expect(result).toMatchObject({ outcome: 'saved' })
    return id
  }
  const tryCreate = (coupon: Partial<NewCoupon>, rest: object = {}) =>
    subject.core.create({
      accountId: subject.accountId,
      code: { generateLength: 12 },
      coupon: { discountKind: 'percent', discount: 10, ...coupon },
      idempotencyKey: null,
      ...rest,
    })
  const create = async (coupon: Partial<NewCoupon>): Promise<Coupon> => {
    const result = await tryCreate(coupon)
    if (result.outcome !== 'created') throw new Error(JSON.stringify(result))
    return result.coupon
  }
  const update = ({ code }: Coupon, changes: CouponChanges) =>
    subject.core.update({ accountId: subject.accountId, code, changes, idempotencyKey: null })
  const find = async ({ code }: Coupon) => (await subject.validate(code)).coupon

  it('a group goes over a template, and both over what the coupon has of its own', async () => {
    const templateId = await save('template', { name: 'template', imageUrl: 't.png', useLimit: 3 })
    const groupId = await save('group', {
      imageUrl: 'g.png',
      discountKind: 'amount',
      discount: 5,
      currency: 'USD',
    })
    const own = { name: 'own', imageUrl: 'own.png', useLimit: 1, url: 'own', templateId, groupId }
    const expected = {
      name: 'template',
      imageUrl: 'g.png',
      useLimit: 3,
      url: 'own',
      discountKind: 'amount',
      discount: 5,
      currency: 'USD',
      templateId,
      groupId,
    }
    const coupon = await create(own)
    expect(coupon).toMatchObject(expected)
    expect(await find(coupon)).toMatchObject(expected)
  })

  it('what a group decides cannot be changed for one of its coupons', async () => {
    const groupId = await save('group', { endsOn: '2999-12-31' })
    const coupon = await create({ groupId })
    expect(await update(coupon, { endsOn: '2998-01-01', name: 'new' })).toMatchObject({
      outcome: 'updated',
      coupon: { endsOn: '2999-12-31', name: 'new' },
    })
  })

  it('a coupon that joins a group gets its settings, and keeps them when it leaves', async () => {
    const groupId = await save('group', { url: 'group' })
    const coupon = await create({ url: 'own' })
    expect(await update(coupon, { groupId })).toMatchObject({ coupon: { url: 'group' } })
    expect(await update(coupon, { groupId: null })).toMatchObject({ coupon: { url: 'group' } })
    expect(await update(coupon, { url: 'own' })).toMatchObject({ coupon: { url: 'own' } })
  })

  it('a changed group touches no coupon that is there, until that one is changed', async () => {
    const groupId = await save('group', { discountKind: 'percent', discount: 20 })
    const coupon = await create({ groupId })
    await save('group', { discountKind: 'percent', discount: 30 }, groupId)
    expect(await find(coupon)).toMatchObject({ discount: 20 })
    // A note is no change of the coupon's terms.
    expect(await update(coupon, { memo: 'called' })).toMatchObject({ coupon: { discount: 20 } })
    expect(await update(coupon, { name: 'new' })).toMatchObject({ coupon: { discount: 30 } })
  })

  it('nor a used one, of which only the memo can be changed', async () => {
    const groupId = await save('group', { discountKind: 'percent', discount: 20 })
    const coupon = await create({ groupId })
    await subject.redeem(coupon.code)
    await save('group', { discountKind: 'percent', discount: 30 }, groupId)
    expect(await update(coupon, { name: 'new' })).toEqual({ outcome: 'locked-by-use' })
    expect(await update(coupon, { memo: 'called' })).toMatchObject({
      outcome: 'updated',
      coupon: { discount: 20 },
    })
  })

  it('a number that nobody has is refused, and so is one of another account', async () => {
    const other = await subject.core.ensureAccount('other', 'UTC')
    const group = { accountId: other.id, kind: 'group', id: 1_000_000, name: '' } as const
    await saveGroup(subject.database, { ...group, settings: {} })
    const unknownGroup = { field: 'groupId', rule: 'unknown-group' }
    expect(await tryCreate({ groupId: 1_000_000, templateId: 2_000_000 })).toEqual({
      outcome: 'invalid',
      problems: [{ field: 'templateId', rule: 'unknown-template' }, unknownGroup],
    })
    expect(await update(await create({}), { groupId: 1_000_000 })).toEqual({
      outcome: 'invalid',
      problems: [unknownGroup],
    })
    const bulk = await subject.core.createBulk({
      accountId: subject.accountId,
      count: 2,
      codeShape: { length: 12 },
      coupon: { discountKind: 'percent', discount: 10, groupId: 1_000_000 },
      idempotencyKey: newKey(),
    })
    expect(bulk).toEqual({ outcome: 'invalid', problems: [unknownGroup] })
  })

  it('a coupon that the settings make impossible is refused', async () => {
    const groupId = await save('group', { startsOn: '2990-01-01' })
    expect(await tryCreate({ groupId, endsOn: '2980-01-01' })).toMatchObject({
      outcome: 'invalid',
      problems: [{ field: 'endsOn', rule: 'end-before-start' }],
    })
    const online = await save('group', { onsite: false })
    const inShop = { onsite: true, groupId: online }
    expect(await tryCreate(inShop, { onsitePassword: '4242' })).toMatchObject({
      problems: [{ field: 'onsitePassword', rule: 'password-without-onsite' }],
    })
    const code = await subject.create({ onsite: true }, { onsitePassword: '4242' })
    const joined = await subject.core.update({
      accountId: subject.accountId,
      code,
      changes: { groupId: online },
      idempotencyKey: null,
    })
    expect(joined).toMatchObject({ problems: [{ field: 'onsite', rule: 'password-left-over' }] })
  })

  it('coupons that are made in bulk have the settings of the moment of the order', async () => {
    const groupId = await save('group', { url: 'then' })
    const result = await subject.core.createBulk({
      accountId: subject.accountId,
      count: 3,
      codeShape: { length: 12 },
      coupon: { discountKind: 'percent', discount: 10, groupId },
      idempotencyKey: newKey(),
    })
    if (result.outcome !== 'started') throw new Error(JSON.stringify(result))
    await save('group', { url: 'now' }, groupId)
    for await (const codes of result.creation.codes()) {
      for (const code of codes) {
        expect((await subject.validate(code)).coupon).toMatchObject({ url: 'then', groupId })
      }
    }
  })

  it('a row to import is completed by them, or names the number that nobody has', async () => {
    const groupId = await save('group', { url: 'group' })
    const groups = await readGroups(subject.database, subject.accountId)
    const row = (given: object) => ({
      code: generateCouponCode(12),
      coupon: { discountKind: 'percent', discount: 10, url: 'own', ...given } as const,
    })
    expect(completeImport(row({ groupId }), groups)).toMatchObject({
      row: { coupon: { url: 'group', groupId } },
      problems: [],
    })
    expect(completeImport(row({}), groups)).toMatchObject({ row: { coupon: { url: 'own' } } })
    expect(completeImport(row({ groupId: 3_000_000 }), groups).problems).toEqual([
      { field: 'groupId', rule: 'unknown-group' },
    ])
  })

  it('a replay answers as the first time, whatever the group decides by now', async () => {
    const groupId = await save('group', { url: 'then' })
    const idempotencyKey = newKey()
    const first = await tryCreate({ groupId }, { idempotencyKey })
    await save('group', { url: 'now' }, groupId)
    expect(await tryCreate({ groupId }, { idempotencyKey })).toEqual({ ...first, replayed: true })
  })

  it.each([
    [{ useLimit: -1 }, 'useLimit'],
    [{ discount: 5 }, 'discount'],
    [{ discountKind: 'amount', discount: 5 }, 'currency'],
    [{ startsOn: '2026-02-30' }, 'startsOn'],
  ] as const)('settings that no coupon can have are refused: %j', async (settings, field) => {
    const { accountId, database } = subject
    const group = { accountId, kind: 'group', id: 999, name: '', settings } as const
    expect(await saveGroup(database, group)).toMatchObject({
      outcome: 'invalid',
      problems: [{ field }],
    })
    expect((await listGroups(database, accountId, 'group')).map(({ id }) => id)).not.toContain(999)
  })

  it('are listed by number, each kind by itself', async () => {
    const { id: accountId } = await subject.core.ensureAccount(newKey(), 'UTC')
    const group = { accountId, name: 'a', settings: { url: 'x' } } as const
    await saveGroup(subject.database, { ...group, kind: 'group', id: 9 })
    await saveGroup(subject.database, { ...group, kind: 'group', id: 3 })
    await saveGroup(subject.database, { ...group, kind: 'template', id: 5 })
    expect(await listGroups(subject.database, accountId, 'group')).toEqual([
      { ...group, kind: 'group', id: 3 },
      { ...group, kind: 'group', id: 9 },
    ])
    expect(await listGroups(subject.database, accountId, 'template')).toEqual([
      { ...group, kind: 'template', id: 5 },
    ])
  })
})
