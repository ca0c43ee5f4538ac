import type { Overloaded, Take, TakeVerdict } from '../../src/take.ts'
import type { CouponTerms, ModelUnit, SettleRequest, SettleVerdict } from './coupon-model.ts'

/** What was asked, what was answered and what was so, in ticks of the scheduler. */
export interface History {
  readonly coupons: readonly CouponTerms[]
  readonly takes: Call<Take, TakeVerdict | Overloaded>[]
  readonly settles: Call<SettleRequest, SettleVerdict>[]
  readonly units: readonly ModelUnit[]
  /** What was so after each event: `pictures[tick]`. */
  readonly pictures: Picture[]
  /** Clients that have not come to their end. */
  readonly unfinishedClients: Set<string>
  /** What was seen at once not to be as promised. */
  readonly breaches: string[]
  /** What happened, whether good or bad: a run in which nothing does proves nothing. */
  readonly occurrences: Set<string>
}

/** A request as it reached a process. A repeat, or a duplicate of the network, is another call. */
export interface Call<Request, Verdict> {
  readonly request: Request
  readonly calledAt: number
  /** Null while there is no answer. */
  answer: Answer<Verdict> | null
  answeredAt: number | null
}

export type Answer<Verdict> =
  | { readonly kind: 'verdict'; readonly verdict: Verdict }
  /** It had no effect, as far as the process knows. */
  | { readonly kind: 'failed'; readonly message: string }
  /** It may have had its effect. */
  | { readonly kind: 'unknown' }
  /** The process ended before it could answer. */
  | { readonly kind: 'crashed' }

/** Units of each coupon, by its place in the plan. */
export type Picture = readonly {
  readonly redeemed: number
  /** Redeemed, or held by a reservation whose time is not over. */
  readonly live: number
  readonly liveOfUsers: ReadonlyMap<string, number>
}[]

/** Looks at the units as they are, by nobody's counters. */
export function takePicture(
  coupons: readonly CouponTerms[],
  units: readonly ModelUnit[],
  now: number,
): Picture {
  return coupons.map(({ code }) => {
    let redeemed = 0
    let live = 0
    const liveOfUsers = new Map<string, number>()
    for (const { code: ofCoupon, userId, status, expiresAt } of units) {
      if (ofCoupon !== code) continue
      const isHeld = status === 'RESERVED' && now < (expiresAt ?? Number.NEGATIVE_INFINITY)
      if (status === 'REDEEMED') redeemed += 1
      if (status !== 'REDEEMED' && !isHeld) continue
      live += 1
      if (userId !== null) liveOfUsers.set(userId, (liveOfUsers.get(userId) ?? 0) + 1)
    }
    return { redeemed, live, liveOfUsers }
  })
}
