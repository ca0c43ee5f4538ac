import type { FastifySchemaValidationError } from 'fastify/types/schema.js'
import type { InputProblem } from './api-error.ts'
import type { JsonType } from './messages/en.ts'
import type { Phrase } from './messages/texts.ts'

/** A schema that tells people what it allows. `allowed` is our own keyword, known to the validator. */
interface DescribedSchema {
  readonly allowed?: Phrase
  readonly properties?: Readonly<Record<string, DescribedSchema>>
}

/** An answer must not grow with the input: longer names are cut, longer values are measured. */
const MAX_NAME_LENGTH = 64
const MAX_VALUE_LENGTH = 40

/** Its value is never repeated. */
const SECRET_FIELD = 'onsitePwd'

/** With the options of {@link VALIDATOR_OPTIONS}. */
export interface ValidationError extends FastifySchemaValidationError {
  readonly parentSchema?: DescribedSchema
  readonly data?: unknown
}

/**
 * Says of each field with an error of the validator what is wrong with it and what is allowed.
 * @param part where the input was: `body`, `querystring`, or the `row` of a file
 */
export function toInputProblems(
  errors: readonly ValidationError[],
  part: string,
): readonly InputProblem[] {
  // A text that is too long does not match its pattern either: that is one problem to mend.
  const byField = new Map(
    errors
      .map((error) => toInputProblem(error, part))
      .reverse()
      .map((it) => [it.field, it]),
  )
  return [...byField.values()].reverse()
}

function toInputProblem(error: ValidationError, part: string): InputProblem {
  const { keyword, params, instancePath, parentSchema = {}, data } = error
  const field = instancePath.slice(1).replaceAll('/', '.')
  const known = parentSchema.properties ?? {}
  switch (keyword) {
    case 'required': {
      const missing = String(params.missingProperty)
      return {
        field: missing,
        problem: ({ problems }) => problems.missing,
        allowed: known[missing]?.allowed ?? (({ allowed }) => allowed.anyValue),
      }
    }
    case 'additionalProperties': {
      const names = Object.keys(known)
      return {
        field: cutName(String(params.additionalProperty)),
        problem: ({ problems }) => problems.unknownField,
        allowed: ({ allowed }) => (names.length === 0 ? allowed.noField : allowed.oneOf(names)),
      }
    }
    case 'type':
      return field === ''
        ? {
            field: part === 'querystring' ? 'query' : part,
            problem:
              data === null || data === undefined
                ? ({ problems }) => problems.missing
                : describeType(data),
            allowed: ({ allowed }) => allowed.jsonObject,
          }
        : {
            field,
            problem:
              typeof data === 'number' && field !== SECRET_FIELD
                ? ({ problems }) => problems.is(String(data))
                : describeType(data),
            allowed: parentSchema.allowed ?? (({ allowed }) => allowed.ofType(String(params.type))),
          }
    default:
      return {
        field: field === '' ? part : field,
        problem: field === SECRET_FIELD ? ({ problems }) => problems.notValid : describeValue(data),
        allowed: parentSchema.allowed ?? (({ allowed }) => allowed.otherValue),
      }
  }
}

function describeType(data: unknown): Phrase {
  const type = data === null ? 'null' : Array.isArray(data) ? 'list' : (typeof data as JsonType)
  return ({ problems }) => problems.ofType(type)
}

function describeValue(data: unknown): Phrase {
  if (Array.isArray(data)) return ({ problems }) => problems.listOf(data.length)
  if (typeof data === 'object' && data !== null) {
    return ({ problems }) => problems.objectOf(Object.keys(data).length)
  }
  if (typeof data === 'string' && data.length > MAX_VALUE_LENGTH) return describeLength(data)
  const json = JSON.stringify(data)
  // Escapes can make a short text long.
  return json.length > MAX_VALUE_LENGTH
    ? describeLength(String(data))
    : ({ problems }) => problems.is(json)
}

/** In characters as the schema counts them, not in halves of surrogate pairs. */
function describeLength(text: string): Phrase {
  const { length } = [...text]
  return ({ problems }) => problems.characters(length)
}

/** A name as an answer may repeat it. */
export function cutName(name: string): string {
  return name.length > MAX_NAME_LENGTH
    ? `${name.slice(0, MAX_NAME_LENGTH - 1).toWellFormed()}…`
    : name
}
