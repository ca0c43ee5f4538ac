import type { Call } from '../call.ts'
import type { Operation, Plan } from '../plan.ts'
import type { Step } from './scenario.ts'
import type { Turn } from './turns.ts'

/** What is asked for somebody. The other operations are the shop's. */
const OF_A_USER: readonly Operation[] = ['validate', 'redeem', 'reserve', 'list']
const READS: readonly Operation[] = ['validate', 'list', 'export']

/** The call of a step: that of the attempt's own coupon and user, with a key that no other write of any run has. */
export function callOfStep(
  { runId }: Pick<Plan, 'runId'>,
  { number, coupon, user }: Pick<Turn, 'number' | 'coupon' | 'user'>,
  { operation, name = operation, ...rest }: Step,
): Call {
  return {
    coupon: coupon.code,
    operation,
    user: OF_A_USER.includes(operation) ? user : null,
    key: READS.includes(operation) ? null : `${runId}-${number}-${name}`,
    ...rest,
  }
}
