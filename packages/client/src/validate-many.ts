import { requireCode } from './call-input.ts'
import { isRecord } from './envelope.ts'
import type { ReadOperation } from './operation.ts'
import { nameRejection, requireDone } from './rejection.ts'
import { BadResponseError, InvalidInputError } from './upstream-error.ts'
import { VALIDATE_REJECTIONS, type ValidateResult } from './validate.ts'
import { readCoupon } from './wire-coupon.ts'
import { textOrNull } from './wire-value.ts'

export interface ValidateManyInput {
  /** 1 to 100 codes, as typed. One may be asked for more than once. */
  readonly codes: readonly string[]
  /** With a user, a native upstream also says whether this user may still redeem them. */
  readonly userId?: string | null | undefined
}

const MAX_CODES = 100

/** Of each code, in the order asked, what `validate` says of one. */
export const validateManyOperation: ReadOperation<ValidateManyInput, readonly ValidateResult[]> = {
  toRequest: ({ codes, userId }) => ({
    method: 'POST',
    resource: 'validate/batch',
    body: { cpnNos: requireCodes(codes), userId: userId ?? undefined },
  }),
  toResult(verdict) {
    const result = requireDone(verdict)
    if (!Array.isArray(result)) {
      throw new BadResponseError('the upstream answered without a list of coupons')
    }
    return result.map(readValidity)
  },
}

/** @throws InvalidInputError naming each code that is none by its place */
export function requireCodes(codes: readonly string[]): readonly string[] {
  if (codes.length < 1 || codes.length > MAX_CODES) {
    throw new InvalidInputError([
      {
        field: 'codes',
        problem: `has ${codes.length} codes`,
        allowed: `1 to ${MAX_CODES} codes`,
      },
    ])
  }
  return codes.map((code, index) => requireCode(code, `codes.${index}`))
}

function readValidity(wire: unknown): ValidateResult {
  const { valid, error, coupon: wireCoupon } = isRecord(wire) ? wire : {}
  const coupon = readCoupon(wireCoupon)
  if (valid !== true) {
    // An entry of the list has no code and no text of its own.
    const rejected = { symbol: textOrNull(error), code: 0, message: textOrNull(error) ?? '' }
    return { ...nameRejection(rejected, VALIDATE_REJECTIONS), coupon }
  }
  if (coupon === null) throw new BadResponseError('the upstream answered without a coupon')
  return { outcome: 'usable', coupon }
}
