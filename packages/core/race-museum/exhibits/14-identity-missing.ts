/**
 * The limit per user is kept for whoever gives his name; who gives none is nobody's second time. The guest checkout
 * without an account, the field that a client forgot, the null that a unique index lets in any number of times.
 */
import type { Exhibit } from '../exhibit.ts'

export const identityMissing: Exhibit = {
  race: 'identity missing or aliased',
  fault: 'a coupon with a limit per user takes requests without a user',
  strategy: 'batched',
  useLimit: 5,
  caughtBy: ['invariants', 'verdict'],
  plant: () => ({
    replacements: [
      {
        file: 'migrations/0002-decide.sql',
        from: "when use_limit >= 2 and user_id is null then 'USER_ID_REQUIRED'",
        to: '',
      },
    ],
  }),
  async drive(stage) {
    await Promise.all([stage.one, stage.two, stage.one].map((actor) => actor.redeem(null)))
    await stage.rush(10)
  },
}
