/**
 * The guard stands in the statement, `update … where used < limit`, and nobody looks whether it changed a row. The
 * database kept the limit, the counter stays right, and the caller is told that he has his discount.
 */
import { collide } from '../collide.ts'
import type { Exhibit } from '../exhibit.ts'

export const rowCountIgnored: Exhibit = {
  race: 'affected-row count ignored',
  fault: 'a conditional update that changed nothing counts as a success',
  strategy: 'conditional-update',
  useLimit: 1,
  caughtBy: ['invariants', 'verdict', 'linearizability'],
  plant: () => ({
    replacements: [
      {
        file: 'peers/conditional-update.sql',
        from: `returning * into v_usage;
        if not found then`,
        to: `returning * into v_usage;
        if false then`,
      },
    ],
  }),
  async drive(stage) {
    await collide(stage, (actor, index) => actor.redeem(`user-${index}`), 2)
    await stage.rush(10)
  },
}
