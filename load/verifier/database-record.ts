/** A redemption as the database has it. */
export interface LoggedRedemption {
  readonly redemptionId: string
  /** Its code. */
  readonly coupon: string
  /** Tells the coupons apart that had the code one after the other. */
  readonly couponId: string
  readonly ordinal: number | null
  readonly user: string | null
  readonly key: string | null
  readonly status: 'RESERVED' | 'REDEEMED' | 'RELEASED' | 'EXPIRED' | 'ROLLED_BACK'
}

/** What a coupon counts. */
export interface LoggedCounter {
  readonly coupon: string
  readonly couponId: string
  /** 0: it is unlimited, and counts nothing. */
  readonly limit: number
  readonly used: number
  readonly held: number
}

/** What the database has: the log, and the counters. */
export interface DatabaseRecord {
  readonly log: readonly LoggedRedemption[]
  readonly counters: readonly LoggedCounter[]
}
