import type { CouponCode } from './parse.ts'

/** Prime, above the 36 symbols that people can type: no two of them are the same number. */
const MODULUS = 37

/** The checksum of every code whose last symbol is its check symbol. */
const CHECKSUM_OF_VALID = 1

/**
 * Whether the last symbol is the check symbol of those before it, as in every code that this package
 * generated. One wrong symbol is always noticed, and so are two symbols swapped, neighbours or not,
 * over the whole code with its prefix and for all of A-Z and 0-9 (O typed for 0 included). Of other
 * mistakes, such as a missing symbol, one in 37 passes.
 *
 * Only a hint for the wording of an answer, never a reason to refuse: codes that people chose
 * themselves (`WELCOME10`) have no check symbol and are as valid as any other.
 *
 * @example hasValidCheckSymbol(code) ? 'There is no such code.' : 'Is there a typing mistake in it?'
 * @see ISO/IEC 7064, MOD 37-2. It is used rather than a scheme over 32 symbols because a prefix may
 *   have all 36, and a check symbol out of 32 can not tell 36 apart.
 */
export function hasValidCheckSymbol(code: CouponCode): boolean {
  return checksum(code) === CHECKSUM_OF_VALID
}

/**
 * The check symbol of symbols that have the checksum `before`.
 *
 * @returns undefined where the standard's 37th symbol `*` would be needed, which no code can have
 */
export function checkSymbolAfter(before: number): string | undefined {
  const value = (CHECKSUM_OF_VALID - 2 * before + 2 * MODULUS) % MODULUS
  return value < 36 ? value.toString(36).toUpperCase() : undefined
}

/** @param before - the checksum of the symbols in front of these */
export function checksum(symbols: string, before = 0): number {
  let sum = before
  for (const symbol of symbols) sum = (2 * sum + Number.parseInt(symbol, 36)) % MODULUS
  return sum
}
