/** Moments from one to another. An open stretch is without its ends, and empty if there is nothing between them. */
export interface Stretch {
  readonly from: number
  readonly to: number
}

/**
 * How many of some stretches of time cover a moment, and the most and the fewest at any moment of a range.
 *
 * ```text
 *   moments   t0      t1      t2          each moment is a place of its own, and so is all that lies between two:
 *   places    0   1   2   3   4   5       [t0, t1] covers 0 to 2, (t0, t1) covers 1
 * ```
 */
export class StepFunction {
  readonly #moments: Float64Array
  readonly #most: Int32Array
  readonly #fewest: Int32Array
  readonly #size: number

  private constructor(
    stretches: readonly Stretch[],
    placesOf: (it: Stretch, at: (moment: number) => number) => readonly [number, number],
  ) {
    this.#moments = sortedMoments(stretches)
    let size = 1
    while (size < 2 * this.#moments.length + 1) size *= 2
    this.#size = size
    const changes = new Int32Array(size + 1)
    const at = (moment: number) => 2 * this.#indexOf(moment) + 1
    for (const stretch of stretches) {
      const [first, last] = placesOf(stretch, at)
      if (first > last) continue
      changes[first] = (changes[first] as number) + 1
      changes[last + 1] = (changes[last + 1] as number) - 1
    }
    this.#most = new Int32Array(2 * size)
    this.#fewest = new Int32Array(2 * size)
    let count = 0
    for (let place = 0; place < size; place += 1) {
      count += changes[place] as number
      this.#most[size + place] = count
      this.#fewest[size + place] = count
    }
    for (let node = size - 1; node >= 1; node -= 1) {
      const [left, right] = [2 * node, 2 * node + 1]
      this.#most[node] = Math.max(this.#most[left] as number, this.#most[right] as number)
      this.#fewest[node] = Math.min(this.#fewest[left] as number, this.#fewest[right] as number)
    }
  }

  /** Of stretches with their ends. */
  static ofClosed(stretches: readonly Stretch[]): StepFunction {
    return new StepFunction(stretches, ({ from, to }, at) => [at(from), at(to)])
  }

  /** Of stretches without their ends. */
  static ofOpen(stretches: readonly Stretch[]): StepFunction {
    return new StepFunction(stretches, ({ from, to }, at) => [at(from) + 1, at(to) - 1])
  }

  /** The most at any moment of the range, with its ends. */
  most({ from, to }: Stretch): number {
    let most = 0
    for (const node of this.#nodesOf(from, to)) most = Math.max(most, this.#most[node] as number)
    return most
  }

  /** The fewest at any moment of the range, with its ends. */
  fewest({ from, to }: Stretch): number {
    let fewest = Number.POSITIVE_INFINITY
    for (const node of this.#nodesOf(from, to)) {
      fewest = Math.min(fewest, this.#fewest[node] as number)
    }
    return fewest
  }

  *#nodesOf(from: number, to: number): Generator<number> {
    let low = this.#placeOf(from) + this.#size
    let high = this.#placeOf(to) + this.#size
    while (low <= high) {
      if (low % 2 === 1) yield low++
      if (high % 2 === 0) yield high--
      low >>= 1
      high >>= 1
    }
  }

  /** The place of any moment; 0 is before the first. */
  #placeOf(moment: number): number {
    const index = this.#indexOf(moment)
    if (this.#moments[index] === moment) return 2 * index + 1
    return 2 * index
  }

  /** Of the first moment that is no earlier. */
  #indexOf(moment: number): number {
    let [from, to] = [0, this.#moments.length]
    while (from < to) {
      const middle = (from + to) >>> 1
      if ((this.#moments[middle] as number) < moment) from = middle + 1
      else to = middle
    }
    return from
  }
}

function sortedMoments(stretches: readonly Stretch[]): Float64Array {
  const all = new Float64Array(2 * stretches.length)
  for (const [index, { from, to }] of stretches.entries()) {
    all[2 * index] = from
    all[2 * index + 1] = to
  }
  all.sort()
  return all.filter((moment, index) => index === 0 || moment !== all[index - 1])
}
