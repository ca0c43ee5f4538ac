import { type CodeShape, getValidCodeShape, getValidInteger, getValidPrefix } from './code-shape.ts'
import { countPossibleCodes } from './code-space.ts'
import { COUPON_CODE_MAX_LENGTH, COUPON_CODE_MIN_LENGTH } from './parse.ts'

/**
 * At least this many possible codes for each one that exists: a guess finds one of them with a chance
 * of at most one in a million, and somebody who is allowed one try a second finds one in twelve days
 * on average.
 */
const POSSIBLE_PER_CODE = 2n ** 20n

/** Codes that are to exist at the same time: count those already there, too. */
export interface CodeSupply extends CodeShape {
  readonly count: number
}

/** So many codes of this length and prefix could be guessed. */
export class CodeSpaceTooDenseError extends RangeError {
  override readonly name = 'CodeSpaceTooDenseError'
  /** The shortest length that would do with the same prefix; undefined when none does. */
  readonly shortestLength: number | undefined

  constructor(message: string, shortestLength: number | undefined) {
    super(message)
    this.shortestLength = shortestLength
  }
}

/**
 * Refuses a supply in which more than one possible code in 2^20 would exist. Possible codes are those
 * that this package generates for the length and prefix; codes that people choose have no such bound.
 *
 * @example requireSparseSpace({ count: 1_000_000, length: 10 }) // passes; length 9 would throw
 * @throws CodeSpaceTooDenseError, which says the shortest length that would do
 * @throws RangeError when an argument is out of its bounds
 */
export function requireSparseSpace({ count, ...codeShape }: CodeSupply): void {
  const shape = getValidCodeShape(codeShape)
  getValidInteger('count', count, 1, Number.MAX_SAFE_INTEGER)
  const most = countSparseCodes(shape)
  if (BigInt(count) <= most) return

  const { length, prefix } = shape
  const shortestLength = findShortestSparseLength({ count, prefix })
  throw new CodeSpaceTooDenseError(
    `count must be at most ${most} for codes of length ${length} with the prefix ${JSON.stringify(prefix)}` +
      ` (one possible code in 2^20), got ${count}; ` +
      (shortestLength === undefined
        ? `no length up to ${COUPON_CODE_MAX_LENGTH} would do, take a shorter prefix or fewer codes`
        : `the shortest length that would do is ${shortestLength}`),
    shortestLength,
  )
}

/**
 * @returns the shortest length, 8 to 16, that {@link requireSparseSpace} accepts for so many codes
 *   with the prefix; undefined when none does
 * @throws RangeError when an argument is out of its bounds
 */
export function findShortestSparseLength(supply: Omit<CodeSupply, 'length'>): number | undefined {
  const count = BigInt(getValidInteger('count', supply.count, 1, Number.MAX_SAFE_INTEGER))
  const prefix = getValidPrefix(supply.prefix ?? '')
  for (let length = COUPON_CODE_MIN_LENGTH; length <= COUPON_CODE_MAX_LENGTH; length += 1) {
    if (count <= countSparseCodes({ length, prefix })) return length
  }
  return undefined
}

function countSparseCodes(shape: Required<CodeShape>): bigint {
  return countPossibleCodes(shape) / POSSIBLE_PER_CODE
}
