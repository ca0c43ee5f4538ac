/** An operation with variables, ready to be sent to a gateway with the coupons of the demo. */
export interface Example {
  /** The name of the operation, such as `RedeemCoupon`. */
  readonly name: string
  /** The root field that it asks for. */
  readonly field: string
  /** The operation with the fragments that it uses, headed by what is to know before it is sent. */
  readonly query: string
  /** Values that fit. Ids of reservations and redemptions among them are to be replaced by those of earlier answers. */
  readonly variables: Readonly<Record<string, unknown>>
}
