/**
 * The units left are read without a lock, and taken by what was read. Any number of requests read the same last
 * unit before the first of them has written. The commonest of all: shops sold more tickets than seats by it, and
 * let one single-use code pay many baskets that were checked out together.
 */
import { collide } from '../collide.ts'
import type { Exhibit } from '../exhibit.ts'

export const checkThenAct: Exhibit = {
  race: 'check then act',
  fault: 'the counter is read without a lock',
  strategy: 'batched',
  useLimit: 1,
  caughtBy: ['constraints', 'invariants', 'verdict', 'linearizability'],
  plant: () => ({
    replacements: [
      {
        file: 'migrations/0002-decide.sql',
        from: 'order by coupon_id for update',
        to: 'order by coupon_id',
      },
    ],
  }),
  async drive(stage) {
    await collide(stage, (actor, index) => actor.redeem(`user-${index}`))
    await stage.rush(10)
  },
}
