/** One use of a coupon, as the log has it. */
export interface Redemption {
  readonly redemptionId: string
  /** The how-manieth use of the coupon, from 1; null for an unlimited coupon. */
  readonly ordinal: number | null
  /** Uses of the coupon including this one; null for an unlimited coupon, whose uses are counted later. */
  readonly used: number | null
  /** Units left after this one; null for an unlimited coupon. */
  readonly remaining: number | null
  /** When, ISO 8601 in UTC by the database's clock. */
  readonly redeemedAt: string
}
