export { generateCouponCode } from './generate.ts'
export {
  type CouponCode,
  COUPON_CODE_MAX_LENGTH,
  COUPON_CODE_MIN_LENGTH,
  COUPON_CODE_RULE,
  parseCouponCode,
} from './parse.ts'
