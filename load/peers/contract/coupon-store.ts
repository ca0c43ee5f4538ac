/** What a peer does behind the contract. The HTTP edge is the same for all of them, so that only this differs. */
export interface CouponStore {
  /** @returns false when there is a coupon with this code */
  create(coupon: NewCoupon): Promise<boolean>
  /** @param userId asks for this user, too; null for nobody in particular */
  validate(code: string, userId: string | null): Promise<Validation>
  redeem(request: RedeemRequest): Promise<RedeemResult>
  rollback(request: RollbackRequest): Promise<RollbackResult>
  /** @returns false when there is none with this code */
  delete(code: string): Promise<boolean>
  /**
   * A page of the log of one coupon, newest first.
   *
   * @param beforeOrdinal the oldest that is known already; null to begin
   */
  listRedemptions(
    code: string,
    beforeOrdinal: number | null,
    limit: number,
  ): Promise<readonly LoggedRedemption[]>
  close(): Promise<void>
}

export interface NewCoupon {
  readonly code: string
  readonly name: string
  readonly discountType: number
  readonly discount: number
  /** Days as `YYYY-MM-DD`, both included; null is open. */
  readonly startsOn: string | null
  readonly endsOn: string | null
  /** 0 for no limit. */
  readonly useLimit: number
}

export interface Coupon extends NewCoupon {
  /** Its identity, a UUID. */
  readonly id: string
  readonly used: number
}

export interface RedeemRequest {
  readonly code: string
  readonly userId: string | null
  readonly memo: string | null
  readonly idempotencyKey: string | null
}

export interface Redemption {
  readonly redemptionId: string
  /** Which of the coupon's redemptions it is, from 1. */
  readonly ordinal: number
  /** Redemptions with this one, without those that were rolled back. */
  readonly used: number
  /** Null for an unlimited coupon. */
  readonly remaining: number | null
  /** ISO 8601, UTC. */
  readonly redeemedAt: string
}

export interface RollbackRequest {
  readonly redemptionId: string
  readonly reason: string
  readonly idempotencyKey: string
}

export interface LoggedRedemption {
  readonly redemptionId: string
  readonly couponId: string
  readonly code: string
  readonly userId: string | null
  readonly memo: string | null
  readonly idempotencyKey: string | null
  readonly ordinal: number
  readonly redeemedAt: string
  readonly rolledBackAt: string | null
  readonly rollbackReason: string | null
}

/** Why a coupon cannot be redeemed: the contract's symbols. */
export type RefusalReason =
  | 'NOT_FOUND'
  | 'NOT_STARTED'
  | 'EXPIRED'
  | 'EXHAUSTED'
  | 'ALREADY_REDEEMED_BY_USER'
  | 'USER_ID_REQUIRED'

export type Validation =
  | { readonly outcome: 'valid'; readonly coupon: Coupon }
  | { readonly outcome: 'refused'; readonly reason: RefusalReason }

export type RedeemResult =
  | {
      readonly outcome: 'redeemed'
      readonly redemption: Redemption
      readonly replayed: boolean
    }
  | {
      readonly outcome: 'refused'
      readonly reason: RefusalReason | 'IDEMPOTENCY_KEY_REUSED'
    }

export type RollbackResult =
  | {
      readonly outcome: 'rolled back'
      readonly redemption: LoggedRedemption
      readonly replayed: boolean
    }
  | {
      readonly outcome: 'refused'
      readonly reason: 'REDEMPTION_NOT_FOUND' | 'ALREADY_ROLLED_BACK' | 'IDEMPOTENCY_KEY_REUSED'
    }
