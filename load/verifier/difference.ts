import type { Operation } from '../plan.ts'

/** One thing that is wrong, with the coupon and the rule that broke. */
export interface Difference {
  readonly coupon: string
  readonly rule: string
  /** For people. */
  readonly found: string
  /** The calls that show it, few of them, where it is calls that show it. */
  readonly calls?: readonly ShownCall[]
}

/** A call as a verdict shows it. */
export interface ShownCall {
  readonly operation: Operation
  readonly user: string | null
  readonly key: string | null
  /** Milliseconds since 1970, as in the history. */
  readonly calledAt: number
  readonly returnedAt: number
  /** What its caller was told: `#5`, `EXHAUSTED`, `done`. */
  readonly answer: string
}

/** What one check finds about a coupon. */
export type Finding = Omit<Difference, 'coupon'>
