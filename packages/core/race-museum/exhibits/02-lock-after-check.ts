/**
 * The coupon is judged, then its row is locked, and nobody judges again. Each request waits its turn in good order
 * and then takes a unit that was gone before the wait was over. Typical of a lock that was added later, around the
 * write that had gone wrong.
 */
import { collide } from '../collide.ts'
import type { Exhibit } from '../exhibit.ts'

export const lockAfterCheck: Exhibit = {
  race: 'lock taken after the check',
  fault: 'the counter is locked when the coupon was judged already',
  strategy: 'conditional-update',
  useLimit: 1,
  caughtBy: ['constraints', 'invariants', 'verdict', 'linearizability'],
  plant: () => ({
    replacements: [
      {
        file: 'peers/conditional-update.sql',
        from: 'if v_usage.held > 0 then',
        to: `perform from coupon_usage where coupon_id = v_coupon.id for update;
        if v_usage.held > 0 then`,
      },
      {
        file: 'peers/conditional-update.sql',
        from: 'where coupon_id = v_coupon.id and used + held < use_limit',
        to: 'where coupon_id = v_coupon.id',
      },
    ],
  }),
  async drive(stage) {
    await collide(stage, (actor, index) => actor.redeem(`user-${index}`), 2)
    await stage.rush(10)
  },
}
