import type { Operation } from './operation.ts'

/**
 * Which operations of a history the search has placed, and which may come next.
 *
 * ```text
 *              first            end
 *   ■ ■ ■ ■ ■ ■ □ ■ □ □ ■ ■ □ □ ■ □ □ □ □ □    in the order of their calls, ■ placed
 * ```
 *
 * All before `first` are placed and none from `end` on, so only what lies between is worked on and remembered.
 * This is how a history falls apart in time: past a moment at which no operation is open, all before it are
 * placed and cost nothing any more. A long history is as cheap as its operations are few at a time.
 */
export class PlacedOperations {
  readonly operations: readonly Operation[]
  readonly #isPlaced: Uint8Array
  /** The latest return of all operations up to here, in the order of their calls. */
  readonly #latestReturns: Float64Array
  #count = 0
  #first = 0
  #end = 0

  constructor(history: readonly Operation[]) {
    this.operations = history.toSorted((a, b) => a.calledAt - b.calledAt)
    this.#isPlaced = new Uint8Array(history.length)
    this.#latestReturns = new Float64Array(history.length)
    let latest = Number.NEGATIVE_INFINITY
    for (const [index, { returnedAt }] of this.operations.entries()) {
      latest = Math.max(latest, returnedAt)
      this.#latestReturns[index] = latest
    }
  }

  get count(): number {
    return this.#count
  }

  get isComplete(): boolean {
    return this.#count === this.operations.length
  }

  place(index: number): void {
    this.#isPlaced[index] = 1
    this.#count += 1
    this.#end = Math.max(this.#end, index + 1)
    while (this.#isPlaced[this.#first] === 1) this.#first += 1
  }

  remove(index: number): void {
    this.#isPlaced[index] = 0
    this.#count -= 1
    this.#first = Math.min(this.#first, index)
    while (this.#end > this.#first && this.#isPlaced[this.#end - 1] === 0) this.#end -= 1
  }

  /**
   * Indices of the operations that may be placed next, the most urgent first: those called no later than any
   * other that is not placed has returned. `deadline` is when the first of them has.
   */
  findNext(): { readonly indices: readonly number[]; readonly deadline: number } {
    const indices: number[] = []
    let deadline = Number.POSITIVE_INFINITY
    for (let index = this.#first; index < this.operations.length; index += 1) {
      const { calledAt, returnedAt } = this.operations[index] as Operation
      // Whoever was called after this moment, and all who follow, have returned after it too; and whoever was
      // called before one that is found here was called before that one returned.
      if (calledAt > deadline) break
      if (this.#isPlaced[index] === 1) continue
      indices.push(index)
      deadline = Math.min(deadline, returnedAt)
    }
    const returnOf = (index: number) => (this.operations[index] as Operation).returnedAt
    indices.sort((a, b) => returnOf(a) - returnOf(b))
    return { indices, deadline }
  }

  /**
   * Whether all that was called so far has been placed, and had returned before anything else was called. What
   * came before can then no longer be mixed with what follows.
   */
  get isAtCut(): boolean {
    if (this.#first !== this.#end || this.#first === 0) return false
    const next = this.operations[this.#first]
    return next === undefined || (this.#latestReturns[this.#first - 1] as number) < next.calledAt
  }

  /** Equal for equal sets, and different for different ones: 15 operations a character. */
  get key(): string {
    let key = `${this.#first}:`
    for (let index = this.#first + 1; index < this.#end; index += 15) {
      let bits = 0
      for (let bit = 0; bit < 15 && index + bit < this.#end; bit += 1) {
        bits |= (this.#isPlaced[index + bit] as number) << bit
      }
      key += String.fromCharCode(bits)
    }
    return key
  }
}
