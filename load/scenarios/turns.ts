import type { Plan, PlannedCoupon } from '../plan.ts'
import type { Attempt } from './scenario.ts'
import { seededRandom } from './seeded-random.ts'

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
  const round = shuffle(
    coupons.flatMap((coupon) =>
      Array.from({ length: coupon.share }, (_, nth) => ({ coupon, nth })),
    ),
    seededRandom(seed),
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

/** Fisher and Yates. */
function shuffle<Item>(items: readonly Item[], random: () => number): readonly Item[] {
  const shuffled = [...items]
  for (let last = shuffled.length - 1; last > 0; last -= 1) {
    const other = Math.floor(random() * (last + 1))
    const item = shuffled[last] as Item
    shuffled[last] = shuffled[other] as Item
    shuffled[other] = item
  }
  return shuffled
}
