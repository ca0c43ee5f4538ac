/** What the journal expects of a coupon's use count, and what the upstream showed. */
export interface Scales {
  /** Uses known when the look at the upstream began. */
  readonly expected: number
  /** Uses that the upstream showed; null when its answer tells none. */
  readonly counted: number | null
  /** Redemptions without an answer, all begun before the look. */
  readonly pending: number
  /** Others that were in flight during the look: each may be among those counted, or not. */
  readonly uncertain: number
  /** Nobody else redeems this coupon, as far as anybody knows. */
  readonly isSoleWriter: boolean
}

/** What the count says of the pending redemptions of a coupon. */
export type Weight =
  /** None has had its effect so far. */
  | 'NONE'
  /** All have. */
  | 'ALL'
  /** Some have, and the count cannot tell which. */
  | 'SOME'
  /** Others are in flight: a quieter moment will tell. */
  | 'UNSETTLED'
  /** Somebody else redeems this coupon, so uses that were added prove nothing. */
  | 'FOREIGN'
  /** The count went back: it is another coupon under the same code. */
  | 'REPLACED'
  /** No count was to be had: the coupon is gone, or not valid any more. */
  | 'UNREADABLE'

/**
 * Weighs a use count. With `added = counted - expected`, the pending ones that had their effect are between
 * `added - uncertain` and `added`, if all uses are ours.
 *
 * Only NONE holds whoever else redeems: a count that nobody raised was not raised by us.
 */
export function weighCount(scales: Scales): Weight {
  const { expected, counted, pending, uncertain, isSoleWriter } = scales
  if (counted === null) return 'UNREADABLE'
  const added = counted - expected
  if (added < 0) return 'REPLACED'
  if (added === 0) return 'NONE'
  if (added > pending + uncertain || !isSoleWriter) return 'FOREIGN'
  if (added === pending + uncertain) return 'ALL'
  return uncertain > 0 ? 'UNSETTLED' : 'SOME'
}
