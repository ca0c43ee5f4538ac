/**
 * The lock is per user, and the limit per coupon: every user holds his own lock, and all of them the same last unit.
 * Also as a lock named after the code as it was typed, where "sale" and "SALE" are one coupon.
 */
import { collide } from '../collide.ts'
import type { Exhibit } from '../exhibit.ts'

export const lockTooNarrow: Exhibit = {
  race: 'lock narrower than the limit',
  fault: 'what is locked is the coupon of one user',
  strategy: 'batched',
  useLimit: 1,
  caughtBy: ['constraints', 'invariants', 'verdict', 'linearizability'],
  plant: () => ({
    replacements: [
      {
        file: 'migrations/0002-decide.sql',
        from: `order by coupon_id for update
  ) as locked;`,
        to: `order by coupon_id
  ) as locked;
  perform pg_advisory_xact_lock(hashtext(code), hashtext(user_id)) from (
    select distinct code, user_id from unnest(v_takes) order by code, user_id
  ) as locks;`,
      },
    ],
  }),
  async drive(stage) {
    await collide(stage, (actor, index) => actor.redeem(`user-${index}`))
    await stage.rush(10)
  },
}
