/** What one run does, written by the runner for k6 and for the verifier. Types only: k6 and Node both read it. */
export interface Plan {
  readonly scenario: 'redeem'
  readonly workload: string
  readonly runId: string
  /** The gateway's GraphQL endpoint. */
  readonly graphqlUrl: string
  readonly gatewayKey: string
  /** Users at once. */
  readonly users: number
  readonly toleratesUnknownAnswers: boolean
  readonly coupons: readonly PlannedCoupon[]
}

/** A coupon and what is tried on it. One user may redeem it once. */
export interface PlannedCoupon extends CouponLoad {
  readonly code: string
}

/** What is tried on one coupon. */
export interface CouponLoad {
  /** Its `useLimit`. */
  readonly limit: number
  /** Redemptions that are tried, each with a key of its own. */
  readonly attempts: number
  /**
   * Different users who try. With fewer of them than attempts, each tries several times at once; with fewer than
   * the limit, nobody else ends the coupon, and only the guard on users keeps it from being redeemed further.
   */
  readonly customers: number
}

/** What one caller was told, one line of the history. */
export interface HistoryEntry {
  readonly coupon: string
  readonly user: string
  readonly key: string
  /** Milliseconds since 1970, by the clock of the machine that runs k6. */
  readonly calledAt: number
  readonly returnedAt: number
  readonly outcome: Outcome
}

/** What was told to somebody who was granted a redemption. */
export type GrantedEntry = HistoryEntry & {
  readonly outcome: Extract<Outcome, { kind: 'granted' }>
}

export type Outcome =
  | {
      readonly kind: 'granted'
      readonly redemptionId: string
      readonly ordinal: number | null
      /** It was granted before, to the same key. */
      readonly replayed: boolean
    }
  | { readonly kind: 'rejected'; readonly reason: string }
  /** It may or may not have had its effect, or was turned away for now: the same key finds out. */
  | { readonly kind: 'unsettled'; readonly why: string }
  /** An answer that this load must never get. */
  | { readonly kind: 'unexpected'; readonly answer: string }
