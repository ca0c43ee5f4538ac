import type { Scenario } from './scenario.ts'
import { NEVER_USED_UP, spreadOverCoupons } from './spread-over-coupons.ts'

/** So many times each user tries. */
const TRIES = 10

export const sameUser: Scenario = {
  description: 'a few users redeem the same coupon many times at once, each time with a new key',
  exact: 'each user gets as many as a user may, unless the coupon is used up before',
  cost: 1,
  coupons: (volume) => {
    const limit = () => NEVER_USED_UP
    const customers = (attempts: number) => Math.floor(attempts / TRIES)
    return spreadOverCoupons(volume, [
      { role: 'once-each', share: 1, limit, customers },
      { role: 'three-each', share: 1, limit, customers, userLimit: 3 },
      // Both guards at once: there are units for half of what the users may have.
      { role: 'contested', share: 1, limit: customers, customers, userLimit: 2 },
    ])
  },
  act(attempt) {
    attempt.ask({ operation: 'redeem' })
  },
}
