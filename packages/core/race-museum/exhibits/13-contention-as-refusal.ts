/**
 * A row that somebody else has locked is skipped, and "no row" is read as "sold out". The lock may be held by a
 * request that fails: the unit is still there, and its buyer was sent away. Undersold, which no counter shows.
 */
import { collide } from '../collide.ts'
import type { Exhibit } from '../exhibit.ts'

export const contentionAsRefusal: Exhibit = {
  race: 'contention reported as "invalid"',
  fault: 'a counter that is locked at the moment is taken for one that is used up',
  strategy: 'conditional-update',
  useLimit: 3,
  caughtBy: ['verdict', 'linearizability'],
  plant: () => ({
    replacements: [
      {
        file: 'peers/conditional-update.sql',
        from: 'if v_usage.held > 0 then',
        to: `perform from coupon_usage where coupon_id = v_coupon.id for update skip locked;
        if not found then return jsonb_build_object('outcome', 'rejected', 'reason', 'EXHAUSTED'); end if;
        if v_usage.held > 0 then`,
      },
    ],
  }),
  async drive(stage) {
    await collide(stage, (actor, index) => actor.redeem(`user-${index}`))
  },
}
