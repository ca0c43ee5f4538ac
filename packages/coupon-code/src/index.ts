export { hasValidCheckSymbol } from './check-symbol.ts'
export type { CodeShape } from './code-shape.ts'
export {
  CodeSpaceTooDenseError,
  type CodeSupply,
  findShortestSparseLength,
  requireSparseSpace,
} from './density.ts'
export { generateCouponCode } from './generate-code.ts'
export {
  CODE_STREAM_KEY_BYTES,
  type CodeStreamOptions,
  generateCouponCodes,
} from './generate-codes.ts'
export {
  COUPON_CODE_MAX_LENGTH,
  COUPON_CODE_MIN_LENGTH,
  COUPON_CODE_RULE,
  type CouponCode,
  LONGEST_TYPED_CODE,
  parseCouponCode,
} from './parse.ts'
