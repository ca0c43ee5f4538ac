import type { Plan } from '../plan.ts'
import type { SecondOpinion } from '../porcupine/second-opinion.ts'
import type { Difference } from '../verifier/difference.ts'
import type { Goodput } from './goodput.ts'
import type { EndedProcess } from './start-target.ts'

/** What came of a run. */
export interface Verdict {
  readonly passed: boolean
  readonly plan: Plan
  readonly folder: string
  /** What was loaded, for people. */
  readonly target: string
  /** It was stopped early: what was done until then is judged, and nobody knows how much was to come. */
  readonly interrupted: boolean
  /** Null: it was interrupted, so they say nothing. */
  readonly thresholdsHeld: boolean | null
  readonly evidence: Evidence
  /** Outcomes that k6 did not know. */
  readonly unknown: {
    /** Found out by replaying their keys. */
    readonly settled: number
    /** Not known to the end. */
    readonly remaining: number
  }
  /** Grants whose keys were sent again, to see that each is answered as before. */
  readonly repeated: number
  /** What another checker says of samples of the history. */
  readonly secondOpinion: SecondOpinion
  /** Services that ended during the run. */
  readonly ended: readonly EndedProcess[]
  readonly differences: readonly Difference[]
  readonly goodput: Goodput
  readonly coupons: readonly CouponTally[]
}

/**
 * What the answers were compared with: the database itself, the log that the target shows over the wire, or nothing
 * but each other.
 */
export type Evidence = 'database' | 'log' | 'answers'

/** What callers were told about one coupon, in the end. */
export interface CouponTally {
  readonly code: string
  readonly role: string
  readonly limit: number
  /** That were made. */
  readonly attempts: number
  /** Null: each attempt had its own. */
  readonly customers: number | null
  readonly granted: number
  readonly rejected: number
  /** Of what was granted, given back. */
  readonly givenBack: number
  /** Null: neither database nor log was read. */
  readonly logged: number | null
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
  return thresholdsHeld !== false && differences.length === 0 && ended.length === 0
}
