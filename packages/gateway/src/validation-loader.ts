import type { UpstreamClient, ValidateResult } from '@coupon-gateway/client'
import type { CouponCode } from '@coupon-gateway/coupon-code'
import DataLoader from 'dataloader'
import type { UpstreamCalls } from './upstream-calls.ts'

/** Everything that changes the answer. */
export interface ValidationQuestion {
  readonly code: CouponCode
  readonly userId: string | null
}

export type ValidationLoader = DataLoader<ValidationQuestion, ValidateResult, string>

/**
 * Loads validations of one operation: the same question is asked once. The upstream has no call for many
 * codes yet, and a DataLoader batch settles as a whole, so each key is loaded by itself.
 */
export function createValidationLoader(
  upstream: UpstreamClient,
  calls: UpstreamCalls,
): ValidationLoader {
  return new DataLoader<ValidationQuestion, ValidateResult, string>(
    ([question]) =>
      Promise.all(
        question === undefined
          ? []
          : [calls.make((options) => upstream.validate(question, options))],
      ),
    { batch: false, cacheKeyFn: ({ code, userId }) => JSON.stringify([code, userId]) },
  )
}
