import { requireCode } from './call-input.ts'
import type { KeyedInput, KeyedResult, WriteOperation } from './operation.ts'
import { nameRejection, type UnknownRejection, type WriteRefusal } from './rejection.ts'
import type { CouponSettings, UpstreamCoupon } from './upstream-coupon.ts'
import { readCoupon, writeSettings } from './wire-coupon.ts'

export interface UpdateInput extends KeyedInput {
  /** As typed: hyphens, spaces and lower case are fine. */
  readonly code: string
  /** Settings to change. Once the coupon was used, only `memo` can be. */
  readonly changes: CouponSettings
}

const UPDATE_REJECTIONS = [
  'NOT_FOUND',
  /** It was used: only its memo can still be changed. */
  'COUPON_LOCKED',
] as const

export type UpdateRejection = (typeof UPDATE_REJECTIONS)[number]

export type UpdateResult =
  /** The coupon as it is now; null when the upstream does not answer with it. */
  | ({ readonly outcome: 'updated'; readonly coupon: UpstreamCoupon | null } & KeyedResult)
  | { readonly outcome: 'rejected'; readonly reason: UpdateRejection }
  | UnknownRejection
  | WriteRefusal

export const updateOperation: WriteOperation<UpdateInput, UpdateResult> = {
  toRequest: ({ code, changes }) => ({
    method: 'PUT',
    resource: 'update',
    body: { cpnNo: requireCode(code), ...writeSettings(changes) },
  }),
  toResult(verdict, idempotencyKey) {
    if (verdict.kind === 'rejected') return nameRejection(verdict, UPDATE_REJECTIONS)
    const { result, replayed } = verdict
    return { outcome: 'updated', coupon: readCoupon(result), idempotencyKey, replayed }
  },
}
