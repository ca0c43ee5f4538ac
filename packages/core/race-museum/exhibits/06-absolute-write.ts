/**
 * The counter is written as a number that was worked out from an earlier reading, not as a change: what others
 * counted in between is lost. What an object that is loaded, changed and saved does; the coupon then sells the lost
 * units once more.
 */
import type { Exhibit } from '../exhibit.ts'
import { takenUnit } from '../taken-unit.ts'

export const absoluteWrite: Exhibit = {
  race: 'absolute write of a counter (lost update)',
  fault: 'a rollback sets the counter to one less than it read before its lock',
  strategy: 'batched',
  useLimit: 2,
  caughtBy: ['invariants', 'verdict', 'linearizability'],
  plant: () => ({
    replacements: [
      {
        file: 'migrations/0002-decide.sql',
        from: `perform expire_reservations(array[v_coupon.id], v_now);
    select * into v_usage from coupon_usage where coupon_id = v_coupon.id;`,
        to: 'perform expire_reservations(array[v_coupon.id], v_now);',
      },
      {
        file: 'migrations/0002-decide.sql',
        from: "used = used + (v_redemption.status = 'REDEEMED')::int",
        to: "used = v_usage.used + (v_redemption.status = 'REDEEMED')::int",
      },
    ],
  }),
  async drive(stage) {
    const unit = takenUnit(await stage.one.redeem('user-1'))
    const hold = await stage.holdCounter()
    // In line for the counter before the rollback, so it is counted after the rollback has read.
    const redemption = stage.two.redeem('user-2')
    await stage.untilStuck()
    const rollback = stage.one.rollback(unit)
    await stage.untilStuck()
    await hold.release()
    await Promise.all([redemption, rollback])
    await stage.rush(10)
  },
}
