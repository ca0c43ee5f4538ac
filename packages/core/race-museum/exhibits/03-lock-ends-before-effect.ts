/**
 * `select … for update` without a transaction around it: the lock ends with its statement, before anything is
 * written. Comes of an annotation that a framework ignores, of a call that takes another connection of the pool, or
 * of a pooler that hands connections out by the statement. The code reads as if it were right.
 */
import type { Exhibit } from '../exhibit.ts'

export const lockEndsBeforeEffect: Exhibit = {
  race: 'lock ends before the effect',
  fault: 'each statement is a transaction of its own',
  strategy: 'textbook',
  useLimit: 1,
  caughtBy: ['constraints', 'invariants', 'verdict', 'linearizability'],
  plant: () => ({
    wrap: (database) => ({ ...database, transaction: (work) => work(database) }),
  }),
  async drive(stage) {
    const gate = stage.stopBefore('update coupon_usage set')
    const answers = [stage.one.redeem('user-1'), stage.two.redeem('user-2')]
    await stage.untilStuck()
    gate.open()
    await Promise.all(answers)
    await stage.rush(10)
  },
}
