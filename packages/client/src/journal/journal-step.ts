import type { RedemptionIntent } from './redemption-intent.ts'

/** What a call means to the journal of a hosted upstream: what the upstream has no call for, or not a safe one. */
export type JournalStep =
  | { readonly kind: 'redeem'; readonly intent: RedemptionIntent }
  | {
      readonly kind: 'reserve'
      readonly intent: RedemptionIntent
      readonly ttlSeconds: number | null
    }
  | { readonly kind: 'confirm'; readonly reservationId: string }
  | { readonly kind: 'release'; readonly reservationId: string }
  | { readonly kind: 'rollback'; readonly redemptionId: string; readonly reason: string }
  | {
      readonly kind: 'find'
      readonly by: { readonly redemptionId: string } | { readonly idempotencyKey: string }
    }
