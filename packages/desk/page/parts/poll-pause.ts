const SHORTEST_MS = 2_000
const LONGEST_MS = 30_000
const GROWTH = 1.5

/**
 * How long to wait before the uses of a coupon are counted again: two seconds while they change, and longer the longer
 * they do not, to half a minute. Each count costs a call of the key's budget.
 *
 * @param unchanged how often in a row the count was the same
 */
export function pollPauseMs(unchanged: number): number {
  return Math.min(SHORTEST_MS * GROWTH ** unchanged, LONGEST_MS)
}
