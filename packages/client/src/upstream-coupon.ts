import type { CouponCode } from '@coupon-gateway/coupon-code'

/** Whom a coupon was issued to, as the issuer noted it. */
export interface IssuedTo {
  readonly userId?: string
  readonly name?: string
  readonly phone?: string
  readonly email?: string
  readonly note1?: string
  readonly note2?: string
}

/** What the issuer of a coupon decides. What is left out takes the upstream's default, or stays as it is. */
export interface CouponSettings {
  readonly name?: string
  /** What `discount` counts. */
  readonly discountKind?: 'percent' | 'amount'
  /** Percent from 1 to 100, or an amount in units of `currency`. */
  readonly discount?: number
  /** ISO 4217; an amount needs one. */
  readonly currency?: string
  /** First day of validity, `YYYY-MM-DD` in the account's time zone; null is open. */
  readonly startsOn?: string | null
  /** Last day of validity, inclusive; null is open. */
  readonly endsOn?: string | null
  /** How often it can be redeemed in all; 0 is unlimited. Hosted: at most 5. */
  readonly useLimit?: number
  /** How often one user may redeem it. Native only. */
  readonly userLimit?: number
  /** Redeemed in a shop. */
  readonly onsite?: boolean
  /** Demanded at every redemption. Write-only; an empty text is none, and changes none: `onsite: false` takes it off. */
  readonly onsitePassword?: string
  /** Internal note, at most 500 characters. */
  readonly memo?: string
  readonly url?: string
  readonly imageUrl?: string
  readonly domain?: string
  readonly groupId?: number
  readonly templateId?: number
  readonly issuedTo?: IssuedTo
  readonly webhookEnabled?: boolean
}

/** A coupon as the upstream knows it. Its on-site password is never part of it. */
export interface UpstreamCoupon {
  /** Identity: a code that is deleted and created anew gets another. The code itself on a hosted upstream, which has none. */
  readonly id: string
  readonly code: CouponCode
  readonly name: string
  readonly discountKind: 'percent' | 'amount'
  /** Percent from 1 to 100, or an amount in units of `currency`. */
  readonly discount: number
  /** ISO 4217. */
  readonly currency: string | null
  /** The discount for people, for example `$60`; empty when the upstream gave none. */
  readonly formattedDiscount: string
  /** First day of validity, `YYYY-MM-DD` in the account's time zone; null is open. */
  readonly startsOn: string | null
  /** Last day of validity, inclusive; null is open. */
  readonly endsOn: string | null
  /** How often it can be redeemed in all; 0 is unlimited. */
  readonly useLimit: number
  /** Redemptions so far. */
  readonly used: number
  /** Units that are reserved now; null when the upstream does not say. */
  readonly held: number | null
  /** Units that are free: `useLimit` less `used` and `held`; null when the coupon is unlimited. */
  readonly remaining: number | null
  /** How often one user may redeem it; null when the upstream does not say. */
  readonly userLimit: number | null
  /** Redeemed in a shop. */
  readonly onsite: boolean
  readonly requiresOnsitePassword: boolean
  readonly memo: string
  readonly url: string
  readonly imageUrl: string
  readonly domain: string
  readonly groupId: number | null
  readonly templateId: number | null
  readonly issuedTo: IssuedTo
  readonly webhookEnabled: boolean
  /** When it was created, `YYYY-MM-DD HH:mm:ss` in the account's time zone; empty when the upstream does not say. */
  readonly createdAtLocal: string
}
