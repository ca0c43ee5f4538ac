import { randomInt } from 'node:crypto'
import { type CouponCode, parseCouponCode } from './parse.ts'

/** 32 symbols that people do not confuse: no I, L, O, U, and so no accidental words either. */
const UNAMBIGUOUS_SYMBOLS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/** Makes a code of `length` symbols (8 to 16) with the system's secure random generator. */
export function generateCouponCode(length: number): CouponCode {
  const code = parseCouponCode(
    Array.from({ length }, () => UNAMBIGUOUS_SYMBOLS[randomInt(32)]).join(''),
  )
  if (code === undefined) {
    throw new RangeError(`length must be an integer from 8 to 16, got ${length}`)
  }
  return code
}
