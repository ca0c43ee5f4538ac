import { COUPON_CODE_RULE, type CouponCode, parseCouponCode } from '@coupon-gateway/coupon-code'
import { gatewayError } from '../gateway-error.ts'
import { findUserIdProblem } from './input-rules.ts'

/** Arguments of queries, which have no `userErrors` to say what is wrong with them. */

/** @throws GraphQLError BAD_USER_INPUT */
export function readCode(typed: string, argument: string): CouponCode {
  const code = parseCouponCode(typed)
  if (code === undefined) {
    throw gatewayError('BAD_USER_INPUT', `\`${argument}\` must be ${COUPON_CODE_RULE}.`)
  }
  return code
}

/** @throws GraphQLError BAD_USER_INPUT */
export function readUserId(userId: string | null | undefined, argument = 'userId'): string | null {
  if (userId === null || userId === undefined) return null
  const problem = findUserIdProblem(userId)
  if (problem !== undefined) throw gatewayError('BAD_USER_INPUT', `\`${argument}\` ${problem}.`)
  return userId
}
