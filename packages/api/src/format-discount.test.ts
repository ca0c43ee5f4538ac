import { CURRENCIES } from '@coupon-gateway/core'
import { describe, expect, it } from 'vitest'
import { formatDiscount } from './format-discount.ts'

describe('formatDiscount', () => {
  it.each([
    ['KRW', 5000, '₩5,000', '₩5,000'],
    ['CAD', 12.5, 'CA$12.50', 'CA$12.50'],
    ['CNY', 12.5, 'CN¥12.50', 'CN¥12.50'],
    ['EUR', 12.5, '€12.50', '€12.50'],
    ['GBP', 12.5, '£12.50', '£12.50'],
    // By ISO 4217 the rupiah has two decimals, although cash has none.
    ['IDR', 50_000.25, 'IDR 50,000.25', 'IDR 50,000.25'],
    ['JPY', 1200, '¥1,200', 'JP¥1,200'],
    ['MUR', 12.5, 'MUR 12.50', 'MUR 12.50'],
    ['RUB', 12.5, 'RUB 12.50', 'RUB 12.50'],
    ['SGD', 12.5, 'SGD 12.50', 'SGD 12.50'],
    ['USD', 12.5, '$12.50', 'US$12.50'],
  ])('writes an amount in %s as people of each language do', (currency, discount, en, ko) => {
    const coupon = { discountKind: 'amount', discount, currency } as const
    // CLDR puts a no-break space between a code and its number.
    const spaced = (text: string) => text.replaceAll('\u00a0', ' ')
    expect(spaced(formatDiscount(coupon, 'en'))).toBe(en)
    expect(spaced(formatDiscount(coupon, 'ko'))).toBe(ko)
  })

  it('knows every currency of the contract, and no other', () => {
    expect(CURRENCIES).toEqual('KRW CAD CNY EUR GBP IDR JPY MUR RUB SGD USD'.split(' '))
  })

  it('leaves the decimals of a whole amount out, as the contract writes $60', () => {
    const coupon = { discountKind: 'amount', discount: 60, currency: 'USD' } as const
    expect(formatDiscount(coupon, 'en')).toBe('$60')
  })

  it('writes a percentage, whatever its currency', () => {
    const coupon = { discountKind: 'percent', discount: 12.5, currency: 'USD' } as const
    expect(formatDiscount(coupon, 'ko')).toBe('12.5%')
  })
})
