import type { InputProblem } from './api-error.ts'
import { cutName } from './input-problems.ts'

/** What JSON allows and its readers take differently. */
export interface JsonFault {
  readonly kind: 'given-twice' | 'too-precise'
  readonly field: string
}

/** A double keeps no more decimal digits of a number than these; the rest would be changed without a word. */
export const MAX_DIGITS = 17

const TOKENS = /"([^"\\]*(?:\\.[^"\\]*)*)"(\s*:)?|[{}]|-?(\d[\d.]*)(?:[eE][+-]?\d+)?/gs

/**
 * Finds a field that is given twice, of which a proxy before us may have read the other one, and a number with more
 * digits than a number keeps.
 * @param json valid JSON
 * @see https://www.rfc-editor.org/rfc/rfc8259#section-4
 */
export function findJsonFault(json: string): JsonFault | undefined {
  const open: Set<string>[] = []
  let field = ''
  for (const [token, text = '', colon, digits] of json.matchAll(TOKENS)) {
    if (token === '{') open.push(new Set())
    else if (token === '}') open.pop()
    else if (colon !== undefined) {
      field = text.includes('\\') ? JSON.parse(`"${text}"`) : text
      const names = open.at(-1)
      if (names?.has(field)) return { kind: 'given-twice', field }
      names?.add(field)
    } else if (digits !== undefined && significantDigits(digits).length > MAX_DIGITS) {
      return { kind: 'too-precise', field }
    }
  }
  return undefined
}

/** Without zeros at both ends, which only say how large the number is: a double of 1e20 is written with 21 digits. */
function significantDigits(digits: string): string {
  const numerals = digits.replace('.', '')
  const start = numerals.search(/[1-9]/)
  // From the end by hand: `0+$` would try each zero of a long row anew.
  let end = numerals.length
  while (end > start && numerals[end - 1] === '0') end -= 1
  return start === -1 ? '' : numerals.slice(start, end)
}

/** Tells a fault as a problem of its field. */
export function toFaultProblem({ kind, field }: JsonFault): InputProblem {
  return kind === 'given-twice'
    ? {
        field: cutName(field),
        problem: ({ problems }) => problems.givenTwice,
        allowed: ({ allowed }) => allowed.once,
      }
    : {
        field: cutName(field),
        problem: ({ problems }) => problems.tooPrecise,
        allowed: ({ allowed }) => allowed.digits(MAX_DIGITS),
      }
}
