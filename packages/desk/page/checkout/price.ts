import type { Coupon } from '../parts/coupon-lookup.ts'

export const CURRENCY = 'USD'

/** What is in the basket of the demo. */
export const BASKET = [
  { name: 'Stoneware teapot', cents: 3_600n },
  { name: 'Darjeeling, 250 g', cents: 1_290n },
] as const

export const BASKET_CENTS = BASKET.reduce((sum, { cents }) => sum + cents, 0n)

/**
 * What a discount takes off, in cents, at most all of it. Exact: amounts are decimal texts, and a float would lose
 * cents. Half a cent goes to the customer.
 *
 * @returns null for a kind of discount or a currency that this page does not know
 */
export function discountCents(totalCents: bigint, discount: Coupon['discount']): bigint | null {
  switch (discount?.__typename) {
    case 'PercentageDiscount': {
      const { digits, scale } = readDecimal(discount.percent)
      return least(roundHalfUp(totalCents * digits, 100n * scale), totalCents)
    }
    case 'AmountDiscount': {
      if (discount.amount.currency !== CURRENCY) return null
      const { digits, scale } = readDecimal(discount.amount.amount)
      return least(roundHalfUp(digits * 100n, scale), totalCents)
    }
    default:
      return null
  }
}

export function formatCents(cents: bigint): string {
  const text = String(cents).padStart(3, '0')
  return `$${text.slice(0, -2)}.${text.slice(-2)}`
}

function readDecimal(text: string): { readonly digits: bigint; readonly scale: bigint } {
  const [whole = '0', fraction = ''] = text.split('.')
  return { digits: BigInt(whole + fraction), scale: 10n ** BigInt(fraction.length) }
}

function roundHalfUp(dividend: bigint, divisor: bigint): bigint {
  return (dividend * 2n + divisor) / (divisor * 2n)
}

function least(a: bigint, b: bigint): bigint {
  return a < b ? a : b
}
