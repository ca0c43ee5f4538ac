import { checkSymbolAfter, checksum } from './check-symbol.ts'
import type { CodeShape } from './code-shape.ts'
import { type CouponCode, parseCouponCode } from './parse.ts'
import { UNAMBIGUOUS_SYMBOLS } from './unambiguous-symbols.ts'

// Every generated code, of length 12 with a prefix of 4 for example:
//
//       S A L E    7 Q K 2 X V    R M
//       prefix     body           ending
//       fixed      32 choices     27 choices: a last free symbol and the check symbol,
//                  each           which is unambiguous too
//
// The check symbol is one of 37 (see check-symbol.ts), of which five are not among our 32: I, L, O, U
// and *. Each of them rules out one choice of the last free symbol, so that at least 32 - 5 are left
// whatever stands before. Always exactly that many are used: then a code is a body and the number of
// an ending, all of equal chance, and no code has to be drawn again.

const UNUSABLE_CHECK_SYMBOLS = 5
export const ENDING_COUNT = UNAMBIGUOUS_SYMBOLS.length - UNUSABLE_CHECK_SYMBOLS
const ENDING_LENGTH = 2

/** For each checksum of what stands before, the endings to choose from. */
const ENDINGS = Array.from({ length: 37 }, (_, before) => listEndings(before))

/** Symbols between prefix and ending; negative when the prefix leaves no room for an ending. */
export function bodyLengthOf({ length, prefix }: Required<CodeShape>): number {
  return length - prefix.length - ENDING_LENGTH
}

/** How many codes of the shape can be generated. */
export function countPossibleCodes(shape: Required<CodeShape>): bigint {
  const bodyLength = bodyLengthOf(shape)
  return bodyLength < 0 ? 0n : 32n ** BigInt(bodyLength) * BigInt(ENDING_COUNT)
}

/** @param ending - the number of an ending, below {@link ENDING_COUNT} */
export function buildCode(prefix: string, body: string, ending: number): CouponCode {
  const front = prefix + body
  const code = parseCouponCode(`${front}${ENDINGS[checksum(front)]?.[ending]}`)
  if (code === undefined) throw new Error(`${prefix}, ${body} and ending ${ending} make no code`)
  return code
}

/** Writes a number below 32^length as that many unambiguous symbols. */
export function writeSymbols(value: number, length: number): string {
  let symbols = ''
  for (let rest = value; symbols.length < length; rest = Math.floor(rest / 32)) {
    symbols += UNAMBIGUOUS_SYMBOLS[rest % 32]
  }
  return symbols
}

function listEndings(before: number): readonly string[] {
  return [...UNAMBIGUOUS_SYMBOLS]
    .map((symbol) => [symbol, checkSymbolAfter(checksum(symbol, before))] as const)
    .filter(([, check]) => check !== undefined && UNAMBIGUOUS_SYMBOLS.includes(check))
    .map((ending) => ending.join(''))
    .slice(0, ENDING_COUNT)
}
