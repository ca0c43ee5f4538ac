import { type Cipheriv, createCipheriv } from 'node:crypto'

// A position in the stream is written as two numbers, left and right, which are mixed ten times:
//
//       left  = position mod leftSize        right = position div leftSize
//
//       left  ──(+)──────────┬────── … ──►   even rounds: left  + F(round, right), mod leftSize
//                ▲           ▼
//       right ───┴──────────(+)───── … ──►   odd rounds:  right + F(round, left),  mod rightSize
//
// Each round can be undone by subtracting the same F, so that two positions never meet: no memory of
// earlier results is needed to keep them distinct. F is AES, which nobody predicts without the key.

/**
 * A size of `factor * powerOfTwo`, at most 2^48. Given in parts because a random number is cut to a
 * power of two without bias, and to a small factor with next to none.
 */
export interface HalfSize {
  readonly factor: number
  readonly powerOfTwo: number
}

export interface Permutation {
  /** 32 bytes. */
  readonly key: Uint8Array
  readonly left: HalfSize
  readonly right: HalfSize
}

export interface Halves {
  readonly left: number
  readonly right: number
}

/** As many as NIST asks of FF1, the standardised cipher of this kind. */
const ROUNDS = 10

const AES_BLOCK_BYTES = 16

/** Positions for which AES is called at once: enough that the calls cost little, 16 KiB of blocks. */
const BATCH_SIZE = 1024

/**
 * Yields the places of the positions `from` to `to` (exclusive) in a permutation of all
 * `left * right` positions that nobody can tell from a random one without the key.
 *
 * @see J. Black, P. Rogaway, "Ciphers with Arbitrary Finite Domains" (CT-RSA 2002), section 5: the
 *   generalised Feistel construction; here the two sizes multiply to exactly the size of the domain,
 *   so that its cycle walking falls away.
 * @see NIST SP 800-38G, FF1: ten rounds, addition modulo the size of the half, AES in the rounds
 */
export function* permutePositions(
  { key, left, right }: Permutation,
  from: number,
  to: number,
): Generator<Halves, void, undefined> {
  const aes = createCipheriv('aes-256-ecb', key, null).setAutoPadding(false)
  const leftSize = left.factor * left.powerOfTwo
  for (let start = from; start < to; start += BATCH_SIZE) {
    const positions = Array.from({ length: Math.min(BATCH_SIZE, to - start) }, (_, i) => start + i)
    const lefts = positions.map((position) => position % leftSize)
    const rights = positions.map((position) => Math.floor(position / leftSize))
    for (let round = 0; round < ROUNDS; round += 1) {
      if (round % 2 === 0) mixInto(lefts, left, encipher(aes, round, rights))
      else mixInto(rights, right, encipher(aes, round, lefts))
    }
    for (const [index, leftPlace] of lefts.entries()) {
      yield { left: leftPlace, right: rights[index] as number }
    }
  }
}

/** One block a value. A block says its round as well: no two rounds share a function. */
function encipher(aes: Cipheriv, round: number, values: readonly number[]): Buffer {
  const blocks = Buffer.alloc(values.length * AES_BLOCK_BYTES)
  for (const [index, value] of values.entries()) {
    blocks.writeUInt8(round, index * AES_BLOCK_BYTES)
    blocks.writeUIntBE(value, index * AES_BLOCK_BYTES + 1, 6)
  }
  return aes.update(blocks)
}

function mixInto(values: number[], { factor, powerOfTwo }: HalfSize, random: Buffer): void {
  const size = factor * powerOfTwo
  for (const [index, value] of values.entries()) {
    const offset = index * AES_BLOCK_BYTES
    const addend =
      (random.readUIntBE(offset, 6) % factor) * powerOfTwo +
      (random.readUIntBE(offset + 6, 6) % powerOfTwo)
    values[index] = (value + addend) % size
  }
}
