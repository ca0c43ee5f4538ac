import { burst } from './burst.ts'
import { smoke } from './smoke.ts'

/** How much load, apart from what a user does. */
export interface Workload {
  readonly description: string
  /** Users at once. */
  readonly users: number
  /**
   * Whether answers may get lost, because the workload itself takes something away. Without it a single one
   * fails the run. With it k6, which cannot count what it was not told, leaves the counts to the verifier; what
   * is still unknown after the replays fails the run either way.
   */
  readonly toleratesUnknownAnswers: boolean
  readonly coupons: readonly {
    readonly limit: number
    readonly attempts: number
    readonly customers: number
  }[]
}

export const WORKLOADS: Readonly<Record<string, Workload>> = { smoke, burst }
