import type { Call } from '../call.ts'
import type { CouponLoad, Operation, Outcome, Plan, PlannedCoupon } from '../plan.ts'

/** One user action, apart from how much of it there is. Runs in k6, and in Node where a run was interrupted. */
export interface Scenario {
  readonly description: string
  /** What its thresholds hold to the unit, whatever the interleaving: for people. */
  readonly exact: string
  /** How many redemptions one action is worth to the target: a workload makes so many times fewer of it. */
  readonly cost: number
  /** What is tried on which coupons. */
  coupons(volume: Volume): readonly CouponLoad[]
  /** The action. It may ask several times, and does the same whenever it gets the same answers. */
  act(attempt: Attempt): void
  /** Thresholds of its own, besides those that follow from the plan. */
  thresholds?(plan: Plan): Readonly<Record<string, string[]>>
}

/** How many attempts a plan is for. */
export interface Volume {
  /** There are so many, or at least so many. */
  readonly attempts: number
  /** There are exactly so many. Otherwise they come by the clock. */
  readonly isExact: boolean
}

/** One carrying out of the action: who does it to which coupon, and how he asks. */
export interface Attempt {
  /** From 0, unique in the run. */
  readonly number: number
  /** From 0, among the attempts at this coupon. */
  readonly index: number
  readonly coupon: PlannedCoupon
  readonly user: string
  /** Tells the run's own codes from those of every other run. */
  readonly runId: string
  /** From 0 to below 1. The same seed gives the same numbers to the same attempt, in the same order. */
  random(): number
  ask(step: Step): Outcome
  /** Asks all at once. */
  askTogether(steps: readonly Step[]): readonly Outcome[]
  /** What does not hold fails the run, under the rule's name. */
  demand(rule: string, holds: boolean): void
}

/** A call of the attempt's own coupon and user, unless it says otherwise. */
export interface Step extends Partial<Omit<Call, 'operation' | 'key'>> {
  readonly operation: Operation
  /** Tells it from the attempt's other steps, in its key too; the operation's name unless given. */
  readonly name?: string
}

/** Whether it was granted, by this request or by an earlier one with its key. */
export function isGranted(outcome: Outcome): outcome is Extract<Outcome, { kind: 'granted' }> {
  return outcome.kind === 'granted'
}

/** Whether it is known, so that a rule can be held against it. What is not known the verifier finds out. */
export function isKnown({ kind }: Outcome): boolean {
  return kind !== 'unsettled' && kind !== 'unexpected'
}

export function isRejected(outcome: Outcome, reason: string): boolean {
  return outcome.kind === 'rejected' && outcome.reason === reason
}
