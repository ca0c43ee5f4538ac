import {
  COUPON_CODE_RULE,
  type CouponCode,
  hasValidCheckSymbol,
  parseCouponCode,
} from '@coupon-gateway/coupon-code'

/** What somebody typed, as far as it can be judged without asking anybody. */
export type TypedCode =
  | { readonly kind: 'empty' }
  | { readonly kind: 'no code'; readonly rule: string }
  | {
      readonly kind: 'code'
      readonly code: CouponCode
      /** Whether it looks like a generated code with a typing mistake in it. */
      readonly isMistyped: boolean
    }

/** What generated codes are made of: a name that people chose nearly always has one of the others, I, L, O and U. */
const GENERATED = /^[0-9A-HJKMNP-TV-Z]+$/

/**
 * Codes that people chose, such as WELCOME10, have no check symbol and are as good as any: so this is a hint only, and
 * the code is looked up all the same.
 */
export function readTypedCode(text: string): TypedCode {
  if (text.trim() === '') return { kind: 'empty' }
  const code = parseCouponCode(text)
  if (code === undefined) return { kind: 'no code', rule: `A code has ${COUPON_CODE_RULE}.` }
  return { kind: 'code', code, isMistyped: GENERATED.test(code) && !hasValidCheckSymbol(code) }
}

/** Whether its check symbol says nothing for it: worth a second look at a code that was not found. */
export function mayBeMistyped(code: string): boolean {
  const parsed = parseCouponCode(code)
  return parsed !== undefined && !hasValidCheckSymbol(parsed)
}
