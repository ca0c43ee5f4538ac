import { GraphQLError, Kind } from 'graphql'
import type { ScalarFunctions } from './scalar-functions.ts'

/** Enough for every sum of money, and all that a number of the upstream's JSON keeps exactly. */
const MAX_DIGITS = 15
const DECIMAL = /^\d+(\.\d+)?$/

/** An exact decimal number, as a text: a float would lose cents on its way. */
export const decimalScalar: ScalarFunctions<string> = {
  serialize: String,
  parseValue: readDecimal,
  parseLiteral: (node) => readDecimal(node.kind === Kind.STRING ? node.value : undefined),
}

function readDecimal(value: unknown): string {
  if (typeof value === 'string' && DECIMAL.test(value)) {
    if (value.replace('.', '').length <= MAX_DIGITS) return value
  }
  throw new GraphQLError(
    `Decimal must be a text of at most ${MAX_DIGITS} digits with at most one point, such as "9.99".`,
  )
}
