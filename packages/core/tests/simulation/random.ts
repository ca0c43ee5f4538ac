/** Chance, decided by a seed: the same seed gives the same numbers on every machine. */
export interface Random {
  /** Both ends are possible. */
  integer(min: number, max: number): number
  chance(probability: number): boolean
  pick<Value>(values: readonly Value[]): Value
}

/**
 * Mulberry32: 32 bits of state, good enough to draw plans and orders from.
 * @see https://gist.github.com/tommyettinger/46a874533244883189143505d203312c
 */
export function createRandom(seed: number): Random {
  let state = seed | 0

  function next(): number {
    state = (state + 0x6d2b79f5) | 0
    let bits = Math.imul(state ^ (state >>> 15), 1 | state)
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32
  }

  const integer = (min: number, max: number) => min + Math.floor(next() * (max - min + 1))
  return {
    integer,
    chance: (probability) => next() < probability,
    pick<Value>(values: readonly Value[]) {
      if (values.length === 0) throw new RangeError('nothing to pick from')
      return values[integer(0, values.length - 1)] as Value
    },
  }
}
