import { COUPON_CODE_RULE, parseCouponCode } from '@coupon-gateway/coupon-code'
import type { RedeemCouponInput } from '@coupon-gateway/schema'

const MAX_USER_ID_LENGTH = 200
const MAX_MEMO_LENGTH = 500
const MAX_PASSWORD_LENGTH = 64
const IDEMPOTENCY_KEY = /^[A-Za-z0-9_-]{8,64}$/

/** One thing wrong with an input: which field, and what is allowed. */
export interface InputProblem {
  readonly field: keyof RedeemCouponInput
  readonly problem: string
}

/** The rules of a redemption's input, in the order of its fields. Empty means valid. */
export function findRedeemInputProblems(input: RedeemCouponInput): readonly InputProblem[] {
  const { code, userId, memo, onsitePassword, idempotencyKey } = input
  const found: [keyof RedeemCouponInput, string | undefined][] = [
    ['code', parseCouponCode(code) ? undefined : `must be ${COUPON_CODE_RULE}`],
    ['userId', userId == null ? undefined : findUserIdProblem(userId)],
    ['memo', memo == null ? undefined : findTextProblem(memo, 0, MAX_MEMO_LENGTH)],
    [
      'onsitePassword',
      onsitePassword == null ? undefined : findTextProblem(onsitePassword, 0, MAX_PASSWORD_LENGTH),
    ],
    [
      'idempotencyKey',
      IDEMPOTENCY_KEY.test(idempotencyKey)
        ? undefined
        : 'must be 8 to 64 characters of A-Z, a-z, 0-9, _ and -',
    ],
  ]
  return found.flatMap(([field, problem]) => (problem === undefined ? [] : [{ field, problem }]))
}

export function findUserIdProblem(userId: string): string | undefined {
  return findTextProblem(userId, 1, MAX_USER_ID_LENGTH)
}

/**
 * NUL and halves of surrogate pairs cannot be stored. A character is a code point, as it is to the upstream and
 * to PostgreSQL: `length` would count an emoji twice.
 */
function findTextProblem(text: string, minLength: number, maxLength: number): string | undefined {
  const length = [...text].length
  if (length < minLength || length > maxLength) {
    return `must have ${minLength} to ${maxLength} characters, got ${length}`
  }
  return text.isWellFormed() && !text.includes('\0')
    ? undefined
    : 'must be well-formed Unicode without NUL'
}
