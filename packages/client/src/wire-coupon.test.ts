import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { WIRE_COUPON } from '../tests/misbehaving-upstream.ts'
import type { CouponSettings } from './upstream-coupon.ts'
import { readCoupon, writeSettings } from './wire-coupon.ts'

describe('readCoupon', () => {
  it('translates a coupon of the native api into our terms', () => {
    expect(readCoupon(WIRE_COUPON)).toEqual({
      id: '0198c0de-0000-7000-8000-000000000001',
      code: 'FRIENDS05',
      name: 'For friends',
      discountKind: 'amount',
      discount: 60,
      currency: 'USD',
      formattedDiscount: '$60',
      startsOn: '2026-01-01',
      endsOn: null,
      useLimit: 5,
      used: 2,
      held: 0,
      remaining: 3,
      userLimit: 1,
      onsite: true,
      requiresOnsitePassword: true,
      memo: 'spring',
      url: 'https://example.com/',
      imageUrl: '',
      domain: '',
      groupId: 7,
      templateId: null,
      issuedTo: { userId: 'user-1' },
      webhookEnabled: false,
      createdAtLocal: '2026-01-01 09:00:00',
    })
  })

  it('drops the on-site password that a hosted upstream sends, and keeps that there is one', () => {
    const { cpnId: _, onsitePwdYn: __, userLimit: ___, ...hosted } = WIRE_COUPON
    const coupon = readCoupon({ ...hosted, onsitePwd: 's3cret' })
    expect(coupon).toMatchObject({
      id: 'FRIENDS05',
      userLimit: null,
      requiresOnsitePassword: true,
    })
    expect(JSON.stringify(coupon)).not.toContain('s3cret')
    expect(readCoupon({ ...hosted, onsitePwd: '' })?.requiresOnsitePassword).toBe(false)
  })

  it('counts what is reserved as not remaining, where the upstream tells of it', () => {
    const { heldCnt: _, ...hosted } = WIRE_COUPON
    expect(readCoupon({ ...hosted, heldCnt: 2 })).toMatchObject({ held: 2, remaining: 1 })
    expect(readCoupon(hosted)).toMatchObject({ held: null, remaining: 3 })
  })

  it('has nothing remaining to tell of an unlimited coupon', () => {
    expect(readCoupon({ ...WIRE_COUPON, useLimit: 0 })?.remaining).toBeNull()
  })

  it('reads numbers in quotes', () => {
    expect(readCoupon({ ...WIRE_COUPON, disc: '60', discTypeIdx: '458' })?.discount).toBe(60)
  })

  it.each([
    [null],
    ['FRIENDS05'],
    [[]],
    [{}],
    [{ ...WIRE_COUPON, cpnNo: 'no code' }],
    [{ ...WIRE_COUPON, discTypeIdx: 1 }],
    [{ ...WIRE_COUPON, disc: null }],
    [{ ...WIRE_COUPON, useLimit: '' }],
    [{ ...WIRE_COUPON, useCnt: undefined }],
    [{ ...WIRE_COUPON, useCnt: 'many' }],
  ])('takes %j for no coupon', (wire) => {
    expect(readCoupon(wire)).toBeNull()
  })
})

const day = fc.constantFrom('2026-01-01', '2026-12-31', null)
const settings: fc.Arbitrary<CouponSettings> = fc.record(
  {
    name: fc.constantFrom('percent', 'amount', 'Y', ''),
    discountKind: fc.constantFrom('percent', 'amount'),
    discount: fc.integer({ min: 1, max: 100 }),
    currency: fc.constantFrom('USD', 'KRW'),
    startsOn: day,
    endsOn: day,
    useLimit: fc.nat(10),
    userLimit: fc.integer({ min: 1, max: 5 }),
    onsite: fc.boolean(),
    memo: fc.string(),
    url: fc.webUrl(),
    groupId: fc.nat(),
    issuedTo: fc.record({ userId: fc.constant('user-1'), note2: fc.constant('vip') }),
    webhookEnabled: fc.boolean(),
  },
  { requiredKeys: ['discountKind', 'discount', 'useLimit'] },
)

describe('writeSettings', () => {
  it('writes what readCoupon reads back', () => {
    fc.assert(
      fc.property(settings, (given) => {
        expect(
          readCoupon({ cpnNo: 'FRIENDS05', useCnt: 0, ...writeSettings(given) }),
        ).toMatchObject(given)
      }),
    )
  })

  it('sends what was given and nothing more', () => {
    expect(writeSettings({ endsOn: null, onsite: false, onsitePassword: '4242' })).toEqual({
      endYmd: '',
      onsiteYn: 'N',
      onsitePwd: '4242',
    })
  })
})
