/**
 * Currencies of an amount, with the decimals of their minor unit: none for won and yen.
 * The table is ISO 4217's, since `Intl` rounds some of them as cash is rounded, the rupiah to none.
 *
 * @see https://www.six-group.com/en/products-services/financial-information/data-standards.html list one
 */
const MINOR_UNIT_DECIMALS = {
  KRW: 0,
  CAD: 2,
  CNY: 2,
  EUR: 2,
  GBP: 2,
  IDR: 2,
  JPY: 0,
  MUR: 2,
  RUB: 2,
  SGD: 2,
  USD: 2,
} as const

export type Currency = keyof typeof MINOR_UNIT_DECIMALS

export const CURRENCIES = Object.keys(MINOR_UNIT_DECIMALS) as readonly Currency[]

export function isCurrency(code: string): code is Currency {
  return Object.hasOwn(MINOR_UNIT_DECIMALS, code)
}

/** Decimals of an amount in this currency: 2 for USD, 0 for JPY. */
export function decimalsOf(currency: Currency): number {
  return MINOR_UNIT_DECIMALS[currency]
}
