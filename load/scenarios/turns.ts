import type { Plan, PlannedCoupon } from '../plan.ts'
import { seedRandom } from '../seeded-random.ts'
import type { Attempt } from './scenario.ts'

/** Whose turn it is: who tries what. */
export type Turn = Pick<Attempt, 'number' | 'index' | 'coupon' | 'user'>

/** Says of each attempt, by its number, who tries which coupon. The same plan gives the same turns. */
export function createTurns({ coupons, shape, seed }: Plan): (number: number) => Turn {
  return shape.kind === 'attempts' ? turnsOneAfterTheOther(coupons) : turnsMixed(coupons, seed)
}

/** The coupons take their turn in the order of the plan: all users are on one coupon together. */
function turnsOneAfterTheOther(coupons: readonly PlannedCoupon[]): (number: number) => Turn {
  return (number) => {
    let index = number
    for (const coupon of coupons) {
      const attempts = coupon.attempts ?? 0
      if (index < attempts) {
        // The attempts of one customer follow each other, so they are made at once.
        const { customers } = coupon
        const user = customers === null ? index : Math.floor((index * customers) / attempts)
        return { number, index, coupon, user: `user-${user}` }
      }
      index -= attempts
    }
    throw new RangeError(`attempt ${number} is not in the plan`)
  }
}

/** By the clock all coupons are tried all the time: rounds in which each has its share, in a shuffled order. */
function turnsMixed(coupons: readonly PlannedCoupon[], seed: number): (number: number) => Turn {
  const round = seedRandom(seed).shuffle(
    coupons.flatMap((coupon) =>
      Array.from({ length: coupon.share }, (_, nth) => ({ coupon, nth })),
    ),
  )
  return (number) => {
    const turn = round[number % round.length]
    if (turn === undefined) throw new RangeError('a plan has one coupon at least')
    const { coupon, nth } = turn
    const index = Math.floor(number / round.length) * coupon.share + nth
    const user = coupon.customers === null ? index : index % coupon.customers
    return { number, index, coupon, user: `user-${user}` }
  }
}

/** The choices of one attempt: others than those of its neighbours. */
export function randomOf({ seed }: Pick<Plan, 'seed'>, attempt: number): () => number {
  return seedRandom(Math.imul(seed, 0x9e3779b1) ^ Math.imul(attempt + 1, 0x85ebca6b)).fraction
}
