import { createHmac, randomBytes } from 'node:crypto'
import { type Permutation, permutePositions } from './code-permutation.ts'
import { type CodeShape, getValidCodeShape, getValidInteger } from './code-shape.ts'
import { bodyLengthOf, buildCode, ENDING_COUNT, writeSymbols } from './code-space.ts'
import { type CodeSupply, requireSparseSpace } from './density.ts'
import type { CouponCode } from './parse.ts'

export const CODE_STREAM_KEY_BYTES = 32

export interface CodeStreamOptions extends CodeSupply {
  /** Codes of the whole stream, those before `position` included. */
  readonly count: number
  /**
   * 32 bytes from a secure random generator, needed to take up the stream again later. As secret as
   * the codes themselves: who has it can compute them all. Default: fresh, and thrown away.
   */
  readonly key?: Uint8Array
  /** How many codes of the stream to pass over, at no cost: those taken earlier. Default 0. */
  readonly position?: number
}

/**
 * Makes distinct codes, as many as the space allows, one at a time and in flat memory.
 *
 * The codes of one stream are distinct by construction and nobody can tell them from random ones, nor
 * the next from those before, without the key. The same key, length and prefix give the same stream,
 * so that it goes on where it stopped by `position`, and grows by a larger `count`. Not promised: that
 * the codes differ from those of another key or from codes that people chose; a unique constraint has
 * the last word there.
 *
 * @example
 * const key = randomBytes(CODE_STREAM_KEY_BYTES)
 * const stream = { count: 1_000_000, length: 12, prefix: 'SALE', key }
 * for (const code of generateCouponCodes({ ...stream, position: taken })) await store(code)
 *
 * @throws CodeSpaceTooDenseError at once when `count` codes would be dense enough to guess
 * @throws RangeError at once when an argument is out of its bounds
 * @see {@link permutePositions} for the method and its sources
 */
export function generateCouponCodes(
  options: CodeStreamOptions,
): Generator<CouponCode, void, undefined> {
  const { count, key = randomBytes(CODE_STREAM_KEY_BYTES), position = 0, ...codeShape } = options
  const shape = getValidCodeShape(codeShape)
  requireSparseSpace({ count, ...shape })
  getValidInteger('position', position, 0, count)
  if (!(key instanceof Uint8Array) || key.length !== CODE_STREAM_KEY_BYTES) {
    throw new RangeError(`key must be ${CODE_STREAM_KEY_BYTES} bytes, got ${describeKey(key)}`)
  }
  return streamCodes(shape, deriveShapeKey(key, shape), position, count)
}

function* streamCodes(
  shape: Required<CodeShape>,
  key: Uint8Array,
  from: number,
  to: number,
): Generator<CouponCode, void, undefined> {
  const bodyLength = bodyLengthOf(shape)
  const leftLength = Math.ceil(bodyLength / 2)
  const rightLength = bodyLength - leftLength
  const permutation: Permutation = {
    key,
    left: { factor: 1, powerOfTwo: 32 ** leftLength },
    right: { factor: ENDING_COUNT, powerOfTwo: 32 ** rightLength },
  }
  for (const { left, right } of permutePositions(permutation, from, to)) {
    const body = writeSymbols(left, leftLength) + writeSymbols(right, rightLength)
    yield buildCode(shape.prefix, body, Math.floor(right / 32 ** rightLength))
  }
}

/** One key used for two shapes must not give two streams of which one tells the other. */
function deriveShapeKey(key: Uint8Array, { length, prefix }: Required<CodeShape>): Uint8Array {
  return createHmac('sha256', key).update(`coupon codes 1 ${length} ${prefix}`).digest()
}

/** Never the key itself: it is a secret, and messages end up in logs. */
function describeKey(key: unknown): string {
  return key instanceof Uint8Array ? `${key.length} bytes` : `a ${typeof key}`
}
