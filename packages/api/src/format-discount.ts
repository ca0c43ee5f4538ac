import { type Coupon, decimalsOf, isCurrency } from '@coupon-gateway/core'
import type { Language } from './messages/texts.ts'

/** Formats cost far more to make than to use. There are as many as languages times currencies. */
const formats = new Map<string, Intl.NumberFormat>()

/** The discount for people: `10%`, `$60`, `₩5,000`; in Korean `US$60`. Whole amounts have no decimals. */
export function formatDiscount(
  { discountKind, discount, currency }: Pick<Coupon, 'discountKind' | 'discount' | 'currency'>,
  language: Language,
): string {
  return discountKind === 'percent' || currency === null
    ? `${discount}%`
    : formatOf(language, currency).format(discount)
}

function formatOf(language: Language, currency: string): Intl.NumberFormat {
  const name = `${language} ${currency}`
  let format = formats.get(name)
  if (format === undefined) {
    format = new Intl.NumberFormat(language, {
      style: 'currency',
      currency,
      // The minor unit of ISO 4217: by itself, the format rounds rupiahs as cash is rounded.
      ...(isCurrency(currency)
        ? {
            minimumFractionDigits: decimalsOf(currency),
            maximumFractionDigits: decimalsOf(currency),
          }
        : {}),
      trailingZeroDisplay: 'stripIfInteger',
    })
    formats.set(name, format)
  }
  return format
}
