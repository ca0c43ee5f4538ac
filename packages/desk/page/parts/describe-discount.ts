import type { Coupon } from './coupon-lookup.ts'

/** What a coupon gives, in words. */
export function describeDiscount(discount: Coupon['discount']): string {
  switch (discount?.__typename) {
    case 'PercentageDiscount':
      return `${discount.percent} % off`
    case 'AmountDiscount':
      return `${discount.amount.amount} ${discount.amount.currency} off`
    default:
      return 'a benefit that the shop knows'
  }
}
