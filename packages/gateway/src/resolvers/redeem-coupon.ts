import {
  type FieldProblem,
  isUpstreamError,
  type RedeemInput,
  type RedeemResult,
} from '@coupon-gateway/client'
import { type CouponCode, parseCouponCode } from '@coupon-gateway/coupon-code'
import type {
  MutationResolvers,
  RedeemCouponInput,
  RedeemCouponPayload,
  RedeemCouponUserErrorCode,
} from '@coupon-gateway/schema'
import type { GatewayContext } from '../context.ts'
import { gatewayError } from '../gateway-error.ts'
import { requireScope } from '../require-scope.ts'
import { findRedeemInputProblems } from './input-rules.ts'

export const redeemCoupon: NonNullable<MutationResolvers<GatewayContext>['redeemCoupon']> = async (
  _parent,
  { input },
  context,
) => {
  requireScope(context, 'coupon:redeem')
  const problems = findRedeemInputProblems(input)
  const code = parseCouponCode(input.code)
  if (problems.length > 0 || code === undefined) {
    return refusal(
      ...problems.map(({ field, problem }) =>
        userError('INVALID_INPUT', field, `${field} ${problem}.`),
      ),
    )
  }
  if (context.caller.kind === 'staff') await requireOnsiteCoupon(context, code)

  const { userId, memo, onsitePassword, idempotencyKey } = input
  const result = await redeem(context, { code, userId, memo, onsitePassword, idempotencyKey })
  // What this operation learned about the coupon before is no longer true.
  context.validations.clearAll()
  return toPayload(input, code, result)
}

/** Staff in a shop redeem what is redeemed in a shop, and nothing else. */
async function requireOnsiteCoupon(context: GatewayContext, code: CouponCode): Promise<void> {
  const { coupon } = await context.validations.load({ code, userId: null })
  if (coupon !== null && !coupon.onsite) {
    throw gatewayError('FORBIDDEN', 'A staff key redeems on-site coupons only.')
  }
}

/** An input that the upstream's rules refuse and ours do not is an answer too: the caller can correct it. */
type RedeemAnswer =
  | RedeemResult
  | { readonly outcome: 'invalid-input'; readonly problems: readonly FieldProblem[] }

async function redeem(
  { calls, upstream }: GatewayContext,
  input: RedeemInput,
): Promise<RedeemAnswer> {
  return calls.make<RedeemAnswer>(async function redeemOrFindProblems(options) {
    try {
      return await upstream.redeem(input, options)
    } catch (error) {
      if (!isUpstreamError(error) || error.code !== 'INVALID_INPUT') throw error
      return { outcome: 'invalid-input', problems: error.problems }
    }
  })
}

function toPayload(
  input: RedeemCouponInput,
  code: CouponCode,
  result: RedeemAnswer,
): RedeemCouponPayload {
  switch (result.outcome) {
    case 'redeemed': {
      const { redemption, replayed } = result
      return {
        redemption: {
          // A hosted upstream names no redemption: the key does.
          id: redemption.id ?? input.idempotencyKey,
          code,
          status: 'REDEEMED',
          userId: input.userId ?? null,
          memo: input.memo ?? null,
          idempotencyKey: input.idempotencyKey,
          ordinal: redemption.ordinal,
          redeemedAt: redemption.redeemedAt,
        },
        replayed,
        userErrors: [],
      }
    }
    case 'key-reused':
      return refusal(
        userError(
          'IDEMPOTENCY_KEY_PARAMETER_MISMATCH',
          'idempotencyKey',
          'This idempotencyKey was used for another request. A new redemption needs a new key.',
        ),
      )
    case 'key-in-use':
      return refusal(
        userError(
          'IDEMPOTENCY_CONCURRENT_REQUEST',
          'idempotencyKey',
          'The first request with this idempotencyKey is still running. Send it again shortly, with the same key.',
        ),
      )
    case 'invalid-input':
      return refusal(...invalidInputErrors(input, result.problems))
    case 'rejected':
      return refusal(rejectionError(result))
  }
}

/** The upstream's own words for what is allowed; those for the problem could repeat a value. */
function invalidInputErrors(input: RedeemCouponInput, problems: readonly FieldProblem[]) {
  const errors = problems.flatMap(({ field, allowed }) =>
    isFieldOf(input, field)
      ? [userError('INVALID_INPUT', field, `${field} must be ${allowed}.`)]
      : [],
  )
  return errors.length > 0
    ? errors
    : [userError('INVALID_INPUT', null, 'The coupon service does not take this input.')]
}

function isFieldOf(input: RedeemCouponInput, field: string): field is keyof RedeemCouponInput {
  return Object.hasOwn(input, field)
}

type Rejected = Extract<RedeemResult, { outcome: 'rejected' }>

/** What a rejection is about, and what to tell people. */
const REJECTIONS: Record<
  Exclude<Rejected['reason'], 'UNKNOWN'>,
  readonly [field: keyof RedeemCouponInput, message: string]
> = {
  NOT_FOUND: ['code', 'There is no coupon with this code.'],
  NOT_STARTED: ['code', 'The coupon is not valid yet.'],
  EXPIRED: ['code', 'The coupon has expired.'],
  EXHAUSTED: ['code', 'The coupon is used up.'],
  ALL_HELD: ['code', 'All uses of the coupon are reserved. Trying again later can succeed.'],
  ALREADY_REDEEMED_BY_USER: [
    'userId',
    'This user has redeemed the coupon as often as one user may.',
  ],
  USER_ID_REQUIRED: ['userId', 'A coupon that can be used more than once needs a userId.'],
  ONSITE_PASSWORD_REQUIRED: [
    'onsitePassword',
    'The coupon needs the password that the staff of the shop types in.',
  ],
  ONSITE_PASSWORD_WRONG: ['onsitePassword', 'This is not the password of the coupon.'],
  TOO_MANY_ATTEMPTS: ['onsitePassword', 'Too many wrong passwords.'],
}

function rejectionError(rejected: Rejected) {
  if (rejected.reason === 'UNKNOWN') {
    // A hosted upstream's own reason: it refused, and the contract has no word for why.
    return userError('NOT_FOUND', 'code', 'The coupon cannot be used.')
  }
  const [field, message] = REJECTIONS[rejected.reason]
  const wait =
    rejected.reason === 'TOO_MANY_ATTEMPTS' && rejected.retryAfterMs !== null
      ? ` No password is tried for another ${Math.ceil(rejected.retryAfterMs / 1000)} seconds.`
      : ''
  return userError(rejected.reason, field, message + wait)
}

function userError(
  code: RedeemCouponUserErrorCode,
  field: keyof RedeemCouponInput | null,
  message: string,
) {
  return { code, field: field === null ? null : ['input', field], message }
}

function refusal(...userErrors: RedeemCouponPayload['userErrors']): RedeemCouponPayload {
  return { redemption: null, replayed: false, userErrors }
}
