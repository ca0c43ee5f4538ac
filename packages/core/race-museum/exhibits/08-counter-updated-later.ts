/**
 * Uses are counted by a job that works off a queue. Until it has, the coupon is as unused as before, and every
 * request that comes meanwhile is right by the counter. Usual where the order is placed first and its coupon is
 * accounted for when it is paid.
 */
import type { Exhibit } from '../exhibit.ts'

export const counterUpdatedLater: Exhibit = {
  race: 'counter updated asynchronously',
  fault: 'the counter follows the log later',
  strategy: 'batched',
  useLimit: 1,
  caughtBy: ['constraints', 'invariants', 'verdict', 'linearizability'],
  plant: () => ({
    replacements: [
      {
        file: 'migrations/0002-decide.sql',
        from: 'update coupon_usage set used = used + redeemed',
        to: 'update coupon_usage set used = used + 0 * redeemed',
      },
    ],
    async catchUp(database) {
      await database.query(
        `update coupon_usage set used = (
           select count(*) from redemption
           where redemption.coupon_id = coupon_usage.coupon_id and status = 'REDEEMED'
         )`,
      )
    },
  }),
  async drive(stage) {
    await stage.one.redeem('user-1')
    await stage.two.redeem('user-2')
    await stage.catchUp()
    await stage.rush(10)
  },
}
