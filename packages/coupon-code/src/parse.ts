declare const couponCode: unique symbol

/** A coupon code in its normal form: 8 to 16 characters of `[A-Z0-9]`. Only {@link parseCouponCode} makes one. */
export type CouponCode = string & { readonly [couponCode]: true }

export const COUPON_CODE_MIN_LENGTH = 8
export const COUPON_CODE_MAX_LENGTH = 16

/** What is allowed, in words for an error message. */
export const COUPON_CODE_RULE =
  '8 to 16 letters A-Z and digits, in any case, with or without spaces and hyphens'

// Checked before the change of case, which would turn letters such as ß or ı into ASCII.
const SYMBOLS = /^[A-Za-z0-9]{8,16}$/
const SEPARATORS = /[\s-]/g

/** Longest input worth normalising: 16 symbols, each with a separator on both sides. */
export const LONGEST_TYPED_CODE = 48

/**
 * Reads a code as people type it, with hyphens, spaces or in lower case, into its one normal form.
 * Every entry point uses this function, so that a limit cannot be passed by spelling a code differently.
 *
 * @example parseCouponCode('welcome-10') // 'WELCOME10'
 * @returns the normal form, or undefined when the input is no coupon code
 */
export function parseCouponCode(typed: string): CouponCode | undefined {
  if (typed.length > LONGEST_TYPED_CODE) return undefined
  const symbols = typed.replace(SEPARATORS, '')
  return SYMBOLS.test(symbols) ? (symbols.toUpperCase() as CouponCode) : undefined
}
