import type { Plan } from '../plan.ts'
import type { Difference } from '../verifier/find-differences.ts'
import type { EndedProcess } from './start-target.ts'

/** What came of a run. */
export interface Verdict {
  readonly passed: boolean
  readonly plan: Plan
  readonly folder: string
  readonly thresholdsHeld: boolean
  /** Outcomes that k6 did not know. */
  readonly unknown: {
    /** Found out by replaying their keys. */
    readonly settled: number
    /** Not known to the end. */
    readonly remaining: number
  }
  /** Grants whose keys were sent again, to see that each is answered as before. */
  readonly repeated: number
  /** Services that ended during the run. */
  readonly ended: readonly EndedProcess[]
  readonly differences: readonly Difference[]
  readonly coupons: readonly CouponTally[]
}

/** What callers were told about one coupon, in the end. */
export interface CouponTally {
  readonly code: string
  readonly limit: number
  /** Null: not counted beforehand. */
  readonly attempts: number | null
  /** Null: each attempt had its own. */
  readonly customers: number | null
  readonly granted: number
  readonly rejected: number
  readonly logged: number
}

/**
 * A run passes only when nothing at all is wrong with it. Nothing makes up for a threshold that was crossed: a
 * workload in which k6 cannot count has no such threshold.
 */
export function hasPassed({
  thresholdsHeld,
  differences,
  ended,
}: Pick<Verdict, 'thresholdsHeld' | 'differences' | 'ended'>): boolean {
  return thresholdsHeld && differences.length === 0 && ended.length === 0
}
