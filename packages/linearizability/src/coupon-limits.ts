/** How many units a coupon has, and how many of them one user may have. */
export interface CouponLimits {
  /** 0 is unlimited. */
  readonly useLimit: number
  /** From 1; `Infinity` is no limit. */
  readonly userLimit: number
}

/** Units of the coupon; `Infinity` when it is unlimited. */
export function countUnits({ useLimit }: Pick<CouponLimits, 'useLimit'>): number {
  return useLimit === 0 ? Number.POSITIVE_INFINITY : useLimit
}

/** @throws RangeError a limit is not in its range */
export function assertLimits({ useLimit, userLimit }: CouponLimits): void {
  if (!Number.isInteger(useLimit) || useLimit < 0) {
    throw new RangeError(`useLimit must be an integer from 0, got ${useLimit}`)
  }
  if (userLimit !== Number.POSITIVE_INFINITY && (!Number.isInteger(userLimit) || userLimit < 1)) {
    throw new RangeError(`userLimit must be an integer from 1 or Infinity, got ${userLimit}`)
  }
}
