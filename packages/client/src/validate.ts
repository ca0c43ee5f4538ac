import { requireCode } from './call-input.ts'
import type { ReadOperation } from './operation.ts'
import { nameRejection, type UnknownRejection } from './rejection.ts'
import type { UpstreamCoupon } from './upstream-coupon.ts'
import { BadResponseError } from './upstream-error.ts'
import { readCoupon } from './wire-coupon.ts'

export interface ValidateInput {
  /** As typed: hyphens, spaces and lower case are fine. */
  readonly code: string
  /** With a user, a native upstream also says whether this user may still redeem it. */
  readonly userId?: string | null | undefined
}

export const VALIDATE_REJECTIONS = [
  'NOT_FOUND',
  'NOT_STARTED',
  'EXPIRED',
  /** Used up for good. */
  'EXHAUSTED',
  'ALREADY_REDEEMED_BY_USER',
  'USER_ID_REQUIRED',
  /** No unit is free now, but some are only reserved: trying later can succeed. */
  'ALL_HELD',
] as const

/** Why a coupon cannot be used. */
export type ValidateRejection = (typeof VALIDATE_REJECTIONS)[number]

/** `coupon` is null when there is none, or when the upstream does not show one that cannot be used. */
export type ValidateResult =
  | { readonly outcome: 'usable'; readonly coupon: UpstreamCoupon }
  | {
      readonly outcome: 'rejected'
      readonly reason: ValidateRejection
      readonly coupon: UpstreamCoupon | null
    }
  | (UnknownRejection & { readonly coupon: UpstreamCoupon | null })

export const validateOperation: ReadOperation<ValidateInput, ValidateResult> = {
  toRequest: ({ code, userId }, { validatesForUser }) => ({
    method: 'GET',
    resource: 'validate',
    query: {
      cpnNo: requireCode(code),
      userId: validatesForUser ? (userId ?? undefined) : undefined,
    },
  }),
  toResult(verdict) {
    const coupon = readCoupon(verdict.result)
    if (verdict.kind === 'rejected') {
      return { ...nameRejection(verdict, VALIDATE_REJECTIONS), coupon }
    }
    if (coupon === null) throw new BadResponseError('the upstream answered without a coupon')
    return { outcome: 'usable', coupon }
  },
}
