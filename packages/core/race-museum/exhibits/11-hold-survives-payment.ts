/**
 * The payment failed and the reservation is closed, but its unit does not come back: the coupon says "all held" with
 * nobody holding it. Stock that leaks away order by order, until somebody recounts it by hand.
 */
import { collide } from '../collide.ts'
import type { Exhibit } from '../exhibit.ts'
import { takenUnit } from '../taken-unit.ts'

export const holdSurvivesPayment: Exhibit = {
  race: 'a hold that survives a failed payment',
  fault: 'a release closes the reservation, and leaves its unit held',
  strategy: 'batched',
  useLimit: 1,
  caughtBy: ['invariants', 'verdict', 'linearizability'],
  plant: () => ({
    replacements: [
      {
        file: 'migrations/0002-decide.sql',
        from: "held = held - (v_was = 'RESERVED' and v_redemption.status <> 'RESERVED')::int",
        to: "held = held - (v_was = 'RESERVED' and v_redemption.status = 'REDEEMED')::int",
      },
    ],
  }),
  async drive(stage) {
    const unit = takenUnit(await stage.one.reserve('user-1'))
    await collide(stage, (actor, index) =>
      index === 0 ? actor.release(unit) : actor.redeem('user-2'),
    )
    await stage.rush(10)
  },
}
