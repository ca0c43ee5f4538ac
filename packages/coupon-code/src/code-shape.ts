import { COUPON_CODE_MAX_LENGTH, COUPON_CODE_MIN_LENGTH } from './parse.ts'

/** What a generated code looks like from outside. */
export interface CodeShape {
  /** Symbols of the whole code, its prefix and its check symbol included: 8 to 16. */
  readonly length: number
  /** What every code begins with, in normal form (A-Z and 0-9; I, L, O and U too). Default: nothing. */
  readonly prefix?: string
}

const PREFIX = /^[A-Z0-9]*$/

/** @throws RangeError when the length is not from 8 to 16, or the prefix is not in normal form */
export function getValidCodeShape({ length, prefix = '' }: CodeShape): Required<CodeShape> {
  getValidInteger('length', length, COUPON_CODE_MIN_LENGTH, COUPON_CODE_MAX_LENGTH)
  return { length, prefix: getValidPrefix(prefix) }
}

/** @throws RangeError when the prefix is not in normal form */
export function getValidPrefix(prefix: string): string {
  if (typeof prefix !== 'string' || !PREFIX.test(prefix)) {
    throw new RangeError(`prefix must be letters A-Z and digits, got ${JSON.stringify(prefix)}`)
  }
  return prefix
}

/** @throws RangeError when the value is not an integer within the bounds */
export function getValidInteger(name: string, value: number, least: number, most: number): number {
  if (!Number.isSafeInteger(value) || value < least || value > most) {
    throw new RangeError(`${name} must be an integer from ${least} to ${most}, got ${value}`)
  }
  return value
}
