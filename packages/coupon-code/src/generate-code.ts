import { randomInt } from 'node:crypto'
import { type CodeShape, getValidCodeShape } from './code-shape.ts'
import { bodyLengthOf, buildCode, ENDING_COUNT } from './code-space.ts'
import { requireSparseSpace } from './density.ts'
import type { CouponCode } from './parse.ts'
import { UNAMBIGUOUS_SYMBOLS } from './unambiguous-symbols.ts'

/**
 * Makes one code with the system's secure random generator, its last symbol a check symbol. All codes
 * of the shape have the same chance; whether a coupon has the code already is for the database to say.
 * For many codes at once, {@link generateCouponCodes} gives distinct ones.
 *
 * @example generateCouponCode({ length: 12, prefix: 'SALE' }) // such as 'SALE7QK2XVRM'
 * @param shape - the shape, or only its length (8 to 16)
 * @throws CodeSpaceTooDenseError when the prefix leaves so little room that the code could be guessed
 * @throws RangeError when the length or the prefix is out of its bounds
 */
export function generateCouponCode(shape: CodeShape | number): CouponCode {
  const validShape = getValidCodeShape(typeof shape === 'number' ? { length: shape } : shape)
  requireSparseSpace({ count: 1, ...validShape })
  const body = Array.from(
    { length: bodyLengthOf(validShape) },
    () => UNAMBIGUOUS_SYMBOLS[randomInt(UNAMBIGUOUS_SYMBOLS.length)],
  )
  return buildCode(validShape.prefix, body.join(''), randomInt(ENDING_COUNT))
}
