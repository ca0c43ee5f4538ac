import { redeem } from './redeem.ts'
import { isGranted, type Scenario } from './scenario.ts'

/** Refusals of a coupon that is as good as when it was made. */
const USED_UP = ['EXHAUSTED', 'ALREADY_REDEEMED_BY_USER']

export const validateThenRedeem: Scenario = {
  description: 'a user asks whether a coupon can be used, redeems it if so, and looks again',
  exact:
    'grants of each coupon equal what its limit and its users allow, and validate refuses nobody who could redeem',
  cost: 2,
  coupons: redeem.coupons,
  act(attempt) {
    const validation = attempt.ask({ operation: 'validate' })
    if (validation.kind === 'validated' && !validation.valid) {
      attempt.demand(
        'validate says of a coupon what is true of it',
        attempt.coupon.role !== 'ample' && USED_UP.includes(validation.reason ?? ''),
      )
      return
    }
    // Without an answer he tries: only the redemption decides.
    const redemption = attempt.ask({ operation: 'redeem' })
    if (!isGranted(redemption)) return
    const after = attempt.ask({ operation: 'validate', name: 'after' })
    // The coupon may be used up by now: either is true of him.
    attempt.demand(
      'who has redeemed cannot redeem again',
      after.kind !== 'validated' || !after.valid,
    )
  },
}
