/**
 * Whoever holds the last unit is told that there is none when he comes to take it: his own reservation is among
 * those that are counted against him. The basket with the last ticket that cannot be paid, until the reservation
 * runs out and somebody else gets it.
 */
import { collide } from '../collide.ts'
import type { Exhibit } from '../exhibit.ts'
import { takenUnit } from '../taken-unit.ts'

export const ownHoldCounted: Exhibit = {
  race: "one's own hold counted against oneself",
  fault: 'a confirmation demands a free unit besides the one that it holds',
  strategy: 'batched',
  useLimit: 1,
  caughtBy: ['verdict', 'linearizability'],
  plant: () => ({
    replacements: [
      {
        file: 'migrations/0002-decide.sql',
        from: "elsif v_was = 'EXPIRED' or (v_was = 'RESERVED' and v_redemption.expires_at <= v_now) then",
        to: "elsif v_was in ('EXPIRED', 'RESERVED') then",
      },
    ],
  }),
  async drive(stage) {
    const unit = takenUnit(await stage.one.reserve('user-1'))
    await collide(stage, (actor, index) =>
      index === 0 ? actor.confirm(unit) : actor.redeem('user-2'),
    )
    await stage.rush(10)
  },
}
