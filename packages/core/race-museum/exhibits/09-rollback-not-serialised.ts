/**
 * A rollback looks at a redemption before it has its lock, so two of them, a retry and its first try, each give the
 * unit back. The counter falls by two, and the coupon sells one unit more than it has. The refund that is paid twice
 * is the same bug.
 */
import { collide } from '../collide.ts'
import type { Exhibit } from '../exhibit.ts'
import { takenUnit } from '../taken-unit.ts'

export const rollbackNotSerialised: Exhibit = {
  race: 'rollback neither serialised nor idempotent',
  fault: 'a rollback goes by the state that it read before its lock',
  strategy: 'batched',
  useLimit: 2,
  caughtBy: ['constraints', 'invariants', 'verdict', 'linearizability'],
  plant: () => ({
    replacements: [
      {
        file: 'migrations/0002-decide.sql',
        from: 'select * into v_redemption from redemption where account_id = p_account_id and id = p_id for update;',
        to: '',
      },
    ],
  }),
  async drive(stage) {
    const unit = takenUnit(await stage.one.redeem('user-1'))
    await stage.two.redeem('user-2')
    await collide(stage, (actor) => actor.rollback(unit))
    await stage.rush(10)
  },
}
