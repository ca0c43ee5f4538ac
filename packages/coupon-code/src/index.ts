export { generateCouponCode } from './generate.ts'
export {
  COUPON_CODE_MAX_LENGTH,
  COUPON_CODE_MIN_LENGTH,
  COUPON_CODE_RULE,
  type CouponCode,
  parseCouponCode,
} from './parse.ts'
