import type { ErrorCode } from '@coupon-gateway/schema'

/** What graphql-js finds wrong with an operation only while it executes it: neither it nor Apollo gives a code. */
const CODES: readonly (readonly [message: RegExp, code: ErrorCode])[] = [
  [/^Argument "/, 'BAD_USER_INPUT'],
  [/^Too many errors processing variables/, 'BAD_USER_INPUT'],
  [/^Schema is not configured to execute /, 'GRAPHQL_VALIDATION_FAILED'],
]

/** The code of the contract for a message of graphql-js that has none; undefined for any other message. */
export function codeOfGraphqlJsMessage(message: string): ErrorCode | undefined {
  return CODES.find(([pattern]) => pattern.test(message))?.[1]
}

/**
 * Messages of graphql-js that repeat a value, and what is left of each without it. The value may be as long as a body and
 * made for these patterns: each looks at it once, from one place on, and where it looks from many, then not far.
 */
const REPEATED_VALUES: readonly (readonly [message: RegExp, rest: string])[] = [
  // Variable "$filter" got invalid value "A" at "filter.status"; Value "A" does not exist in "Status" enum.
  [
    // What the look-ahead found stays: no later `; Value "` is tried in its place.
    /^(Variable "\$\w+") got invalid value (?=(.*?(?<path> at "[\w.[\]]+")?; Value "))\2.*" does not exist in (?<type>"\w+" enum)/s,
    '$1 is not valid$<path>: It is no value of the $<type>',
  ],
  // Value "A" does not exist in "Status" enum.
  [/^Value ".*" does not exist in ("\w+" enum)/s, 'The value is no value of the $1'],
  // Variable "$input" got invalid value { code: "A" } at "input.memo"; Field "x" is not defined by type "T".
  [
    /^(Variable "\$\w+") got invalid value .*?( at "[\w.[\]]+")?; (Field "|Expected |Exactly one key |\w+ must be |(?:Enum )?"?\w+"? cannot represent )/s,
    '$1 is not valid$2: $3',
  ],
  // String cannot represent a non string value: 4242
  [/( cannot represent [\w -]{0,60}value): .*$/s, '$1.'],
  // Argument "input" has invalid value { code: "A" }.
  [/^(Argument "\w+"[\w !"[\]]*) has invalid value .*$/s, '$1 is not valid.'],
  // Expected value of type "RedeemCouponInput!", found "A".
  [/(Expected value of type "[^"]+"), found .*$/s, '$1.'],
  // Syntax Error: Expected Name, found String "A".
  [/, found (String|BlockString|Int|Float) ".*$/s, ', found $1.'],
]

/** Enough for every message about a name of the schema; names that the caller made up may have thousands. */
const MAX_LENGTH = 300

/**
 * Takes the values out of a message of graphql-js, which repeats what it was given: that may be a password or
 * a code, and be as long as a body. Which argument is wrong, and what is allowed, stays.
 */
export function withoutRepeatedValues(message: string): string {
  const rest = REPEATED_VALUES.reduce(
    (text, [pattern, kept]) => text.replace(pattern, kept),
    message,
  )
  return rest.length > MAX_LENGTH ? `${rest.slice(0, MAX_LENGTH)}…` : rest
}

/** Takes the names of the schema out that graphql-js suggests for a misspelled one. */
export function withoutSuggestion(message: string): string {
  return message.replace(/ Did you mean [^?]{1,1000}\?$/, '')
}
