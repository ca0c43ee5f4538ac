import type { Scenario } from './scenario.ts'
import { NEVER_USED_UP, spreadOverCoupons } from './spread-over-coupons.ts'

export const redeem: Scenario = {
  description: 'a user redeems a coupon, once',
  exact: 'grants of each coupon equal what its limit and its users allow',
  cost: 1,
  coupons: (volume) =>
    spreadOverCoupons(volume, [
      { role: 'single', share: 2, limit: () => 1 },
      { role: 'few', share: 3, limit: () => 5, customers: (attempts) => Math.floor(attempts / 3) },
      // Nobody uses it up: only the guard on users ends it.
      {
        role: 'by-user',
        share: 20,
        limit: (attempts) => (volume.isExact ? 2 * attempts : NEVER_USED_UP),
        customers: (attempts) => Math.floor(attempts / 4),
      },
      { role: 'contested', share: 50, limit: (attempts) => Math.floor(attempts / 2) },
      {
        role: 'ample',
        share: 50,
        limit: (attempts) => (volume.isExact ? attempts : NEVER_USED_UP),
      },
    ]),
  act(attempt) {
    const outcome = attempt.ask({ operation: 'redeem' })
    if (attempt.coupon.role === 'ample') {
      attempt.demand('nobody is refused while a unit is free', outcome.kind !== 'rejected')
    }
  },
}
