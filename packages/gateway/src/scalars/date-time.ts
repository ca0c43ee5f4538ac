import { GraphQLError, Kind } from 'graphql'
import type { ScalarFunctions } from './scalar-functions.ts'

/** RFC 3339, so with the offset that makes it one moment. */
const DATE_TIME = /^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d{1,9})?([Zz]|[+-]\d{2}:\d{2})$/

/** A moment, as a text in UTC with milliseconds, whatever its offset was. */
export const dateTimeScalar: ScalarFunctions<string> = {
  serialize: readDateTime,
  parseValue: readDateTime,
  parseLiteral: (node) => readDateTime(node.kind === Kind.STRING ? node.value : undefined),
}

function readDateTime(value: unknown): string {
  if (typeof value === 'string' && DATE_TIME.test(value)) {
    const moment = new Date(value)
    if (!Number.isNaN(moment.getTime())) return moment.toISOString()
  }
  // Without the value, which an error must not repeat.
  throw new GraphQLError(
    'DateTime must be a moment as RFC 3339 has it, such as "2026-11-24T06:36:00.000Z".',
  )
}
