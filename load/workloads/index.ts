import type { CouponLoad } from '../plan.ts'
import { burst } from './burst.ts'
import { smoke } from './smoke.ts'

/** How much load, apart from what a user does. */
export interface Workload {
  readonly description: string
  /** Users at once. */
  readonly users: number
  readonly coupons: readonly CouponLoad[]
}

export const WORKLOADS: Readonly<Record<string, Workload>> = { smoke, burst }
