import { COUPON_CODE_RULE, type CouponCode, parseCouponCode } from '@coupon-gateway/coupon-code'
import { InvalidInputError } from './upstream-error.ts'

const HEADER_SAFE = /^[\x21-\x7e]{1,255}$/

/**
 * Brings a code into its normal form, before anything is sent.
 *
 * @throws InvalidInputError
 */
export function requireCode(typed: string, field = 'code'): CouponCode {
  const code = parseCouponCode(typed)
  if (code !== undefined) return code
  throw new InvalidInputError([
    { field, problem: 'is not a coupon code', allowed: COUPON_CODE_RULE },
  ])
}

/**
 * Refuses a text that cannot be the value of a header.
 *
 * @throws InvalidInputError
 */
export function requireHeaderText(field: 'idempotencyKey' | 'requestId', value: string): string {
  if (HEADER_SAFE.test(value)) return value
  throw new InvalidInputError([
    {
      field,
      problem: 'cannot be sent in a header',
      allowed: '1 to 255 visible ASCII characters without spaces',
    },
  ])
}

/** Hosted, the id of a redemption is its idempotency key. */
const ID = /^[\x21-\x7e]{1,255}$/

/** @throws InvalidInputError it could not be the id of a redemption */
export function requireRedemptionId(
  field: 'redemptionId' | 'reservationId',
  value: string,
): string {
  if (ID.test(value)) return value
  throw new InvalidInputError([
    { field, problem: 'is not an id', allowed: 'an id as a result gave it' },
  ])
}
