import { type CouponCode, parseCouponCode } from '@coupon-gateway/coupon-code'
import { requireCode } from './call-input.ts'
import { isRecord } from './envelope.ts'
import type { KeyedInput, KeyedResult, WriteOperation } from './operation.ts'
import { nameRejection, type UnknownRejection, type WriteRefusal } from './rejection.ts'
import type { CouponSettings, UpstreamCoupon } from './upstream-coupon.ts'
import { BadResponseError } from './upstream-error.ts'
import { readCoupon, writeSettings } from './wire-coupon.ts'

export interface CreateInput extends KeyedInput {
  /** Generated when left out. */
  readonly code?: string | null | undefined
  /** Length of a generated code; the upstream's default when left out. */
  readonly codeLength?: 8 | 12 | 16 | undefined
  readonly settings: CouponSettings & Required<Pick<CouponSettings, 'discountKind' | 'discount'>>
}

const CREATE_REJECTIONS = [
  /** A living coupon of the account has this code. */
  'CODE_TAKEN',
] as const

export type CreateRejection = (typeof CREATE_REJECTIONS)[number]

export type CreateResult =
  /** `coupon` is null when the upstream answers with the code alone. */
  | ({
      readonly outcome: 'created'
      readonly code: CouponCode
      readonly coupon: UpstreamCoupon | null
    } & KeyedResult)
  | { readonly outcome: 'rejected'; readonly reason: CreateRejection }
  | UnknownRejection
  | WriteRefusal

export const createOperation: WriteOperation<CreateInput, CreateResult> = {
  toRequest: ({ code, codeLength, settings }) => ({
    method: 'POST',
    resource: 'create',
    body: {
      cpnNo: code == null ? undefined : requireCode(code),
      cpnNoDigits: code == null ? codeLength : undefined,
      ...writeSettings(settings),
    },
  }),
  toResult(verdict, idempotencyKey) {
    if (verdict.kind === 'rejected') return nameRejection(verdict, CREATE_REJECTIONS)
    const { result, replayed } = verdict
    const code = readCreatedCode(result)
    if (code === undefined) {
      throw new BadResponseError('the coupon was created, but the answer does not hold its code')
    }
    return { outcome: 'created', code, coupon: readCoupon(result), idempotencyKey, replayed }
  },
}

/** The contract's own sample is not to be had: the result may be the code itself or an object with it. */
function readCreatedCode(result: unknown): CouponCode | undefined {
  const text = isRecord(result) ? result.cpnNo : result
  return typeof text === 'string' ? parseCouponCode(text) : undefined
}
