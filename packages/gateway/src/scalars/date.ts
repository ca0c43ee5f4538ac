import { GraphQLError, Kind } from 'graphql'
import type { ScalarFunctions } from './scalar-functions.ts'

/** A day of the calendar, `YYYY-MM-DD`. It stays a text: as a moment it would need a time zone. */
export const dateScalar: ScalarFunctions<string> = {
  serialize: readDay,
  parseValue: readDay,
  parseLiteral: (node) => readDay(node.kind === Kind.STRING ? node.value : undefined),
}

function readDay(value: unknown): string {
  if (typeof value === 'string' && isDay(value)) return value
  // Without the value, which an error must not repeat.
  throw new GraphQLError('Date must be a day of the calendar as YYYY-MM-DD.')
}

function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false
  const moment = new Date(text)
  // 30 February is no day, although it is read as one.
  return !Number.isNaN(moment.getTime()) && moment.toISOString().startsWith(text)
}
