import { describe, expect, it } from 'vitest'
import { discountCents, formatCents } from './price.ts'

const percent = (text: string) => ({ __typename: 'PercentageDiscount' as const, percent: text })
const amount = (text: string, currency = 'USD') => ({
  __typename: 'AmountDiscount' as const,
  amount: { amount: text, currency },
})

describe('discountCents', () => {
  it.each([
    [4_890n, percent('10'), 489n],
    [1_010n, percent('12.5'), 126n],
    [1_000n, percent('100'), 1_000n],
    [4_890n, amount('5'), 500n],
    [4_890n, amount('9.99'), 999n],
    [400n, amount('9.99'), 400n],
  ])('of %s cents with %o is %s', (total, discount, off) => {
    expect(discountCents(total, discount)).toBe(off)
  })

  it('is unknown for another currency, and for a coupon that gives something else', () => {
    expect(discountCents(4_890n, amount('5', 'KRW'))).toBeNull()
    expect(discountCents(4_890n, null)).toBeNull()
  })
})

it('formatCents', () => {
  expect([0n, 5n, 99n, 4_890n].map(formatCents)).toEqual(['$0.00', '$0.05', '$0.99', '$48.90'])
})
