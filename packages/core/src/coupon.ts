import type { CouponCode } from '@coupon-gateway/coupon-code'

/** Most redemptions a coupon can be limited to. */
export const MAX_USE_LIMIT = 1_000_000_000
/** Of a discount, in the unit of its currency. */
export const MAX_AMOUNT = 999_999_999_999
/** Longest memo, in characters. */
export const MAX_MEMO_LENGTH = 500

/** Whom a coupon was issued to, as the issuer noted it. */
export interface IssuedTo {
  readonly userId?: string
  readonly name?: string
  readonly phone?: string
  readonly email?: string
  readonly note1?: string
  readonly note2?: string
}

/** What the issuer of a coupon decides. */
export interface NewCoupon {
  readonly name: string
  /** What `discount` counts. */
  readonly discountKind: 'percent' | 'amount'
  /** Percent from 1 to 100, or an amount in units of `currency`. */
  readonly discount: number
  /** ISO 4217; an amount needs one. */
  readonly currency: string | null
  /** First day of validity, `YYYY-MM-DD` in the account's time zone; null is open. */
  readonly startsOn: string | null
  /** Last day of validity, inclusive; null is open. */
  readonly endsOn: string | null
  /** How often it can be redeemed in all; 0 is unlimited. */
  readonly useLimit: number
  /** How often one user may redeem it. */
  readonly userLimit: number
  /** Redeemed in a shop. */
  readonly onsite: boolean
  readonly memo: string
  readonly url: string
  readonly imageUrl: string
  readonly domain: string
  /** Of a group that there is; its settings go over those of this coupon. */
  readonly groupId: number | null
  readonly templateId: number | null
  readonly issuedTo: IssuedTo
  readonly webhookEnabled: boolean
}

/** Fields to change, also of `issuedTo` only those that are given. The on-site password is write-only: an empty text removes it. */
export type CouponChanges = Partial<NewCoupon> & { readonly onsitePassword?: string }

/** How much of a coupon is used. */
export interface CouponUsage {
  /** Redemptions that stand. */
  readonly used: number
  /** Units that are reserved now. */
  readonly held: number
  /** Units that are free; null when the coupon is unlimited. */
  readonly remaining: number | null
}

/** A living coupon. */
export interface Coupon extends NewCoupon {
  /** Identity of this coupon: a code that is deleted and created anew gets another. */
  readonly id: string
  readonly code: CouponCode
  readonly requiresOnsitePassword: boolean
  readonly usage: CouponUsage
  /** When it was created, `YYYY-MM-DD HH:mm:ss` in the account's time zone. */
  readonly createdAtLocal: string
}
