/**
 * Redeeming keeps the limit; reserving came later, by another way, and does not ask. The bulk import, the call for
 * the point of sale, the new mobile API: the guard stood in the old entry and not where the unit is taken.
 */
import { collide } from '../collide.ts'
import type { Exhibit } from '../exhibit.ts'

export const entryWithoutGuard: Exhibit = {
  race: 'a new entry point that forgets the guard',
  fault: 'a reservation does not ask whether a unit is free',
  strategy: 'batched',
  useLimit: 1,
  caughtBy: ['constraints', 'invariants', 'verdict', 'linearizability'],
  plant: () => ({
    replacements: [
      {
        file: 'migrations/0002-decide.sql',
        from: 'where use_limit = 0 or seat <= free',
        to: 'where use_limit = 0 or seat <= free or ttl_seconds is not null',
      },
    ],
  }),
  async drive(stage) {
    await collide(stage, (actor, index) => actor.reserve(`user-${index}`))
    await stage.rush(10)
  },
}
