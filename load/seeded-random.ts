/** Chance that one seed decides: the same seed gives the same choices on every machine. */
export interface SeededRandom {
  /** From 0 to below 1. */
  fraction(): number
  /** Both ends are possible. */
  integer(min: number, max: number): number
  /** The same items in an order of chance. */
  shuffle<Item>(items: readonly Item[]): Item[]
}

/**
 * Mulberry32: 32 bits of state, good enough to draw schedules from and to mix a load; not for secrets.
 * @see https://gist.github.com/tommyettinger/46a874533244883189143505d203312c
 */
export function seedRandom(seed: number): SeededRandom {
  let state = seed | 0

  function fraction(): number {
    state = (state + 0x6d2b79f5) | 0
    let bits = Math.imul(state ^ (state >>> 15), 1 | state)
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32
  }

  const integer = (min: number, max: number) => min + Math.floor(fraction() * (max - min + 1))
  return {
    fraction,
    integer,
    shuffle(items) {
      const shuffled = [...items]
      for (let left = shuffled.length - 1; left > 0; left -= 1) {
        const other = integer(0, left)
        const item = shuffled[left] as (typeof shuffled)[number]
        shuffled[left] = shuffled[other] as (typeof shuffled)[number]
        shuffled[other] = item
      }
      return shuffled
    },
  }
}
