/**
 * Numbers from 0 to below 1, the same ones for the same seed, in k6 and in Node. Mulberry32: small, and good enough
 * to mix a load; not for secrets.
 *
 * @see https://github.com/cprosche/mulberry32
 */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** The numbers of one attempt: others than those of its neighbours. */
export function seededRandomOf(seed: number, attempt: number): () => number {
  return seededRandom(Math.imul(seed, 0x9e3779b1) ^ Math.imul(attempt + 1, 0x85ebca6b))
}
