import type { LoggedRedemption } from '@coupon-gateway/client'
import { toRedemption } from './redemption-answer.ts'

/** The payload of a mutation that took no redemption a step on, and why. */
export function refusal<UserError>(userErrors: UserError[]) {
  return { redemption: null, replayed: false, userErrors }
}

/** The payload of a mutation that took a redemption of the log a step on. */
export function settled(done: {
  readonly redemption: LoggedRedemption
  readonly replayed: boolean
}) {
  return { redemption: toRedemption(done.redemption), replayed: done.replayed, userErrors: [] }
}
