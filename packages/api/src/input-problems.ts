import type { FastifySchemaValidationError } from 'fastify/types/schema.js'
import type { InputProblem } from './api-error.ts'

/** A schema that tells people what it allows. `allowed` is our own keyword, known to the validator. */
interface DescribedSchema {
  readonly allowed?: string
  readonly properties?: Readonly<Record<string, DescribedSchema>>
}

/** An answer must not grow with the input: longer names are cut, longer values are measured. */
const MAX_NAME_LENGTH = 64
const MAX_VALUE_LENGTH = 40

/** Its value is never repeated. */
const SECRET_FIELD = 'onsitePwd'

interface ValidationError extends FastifySchemaValidationError {
  readonly parentSchema?: DescribedSchema
  readonly data?: unknown
}

/**
 * Says of each field with an error of the validator what is wrong with it and what is allowed.
 * @param part where the input was: `body` or `querystring`
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
        problem: 'is missing',
        allowed: known[missing]?.allowed ?? 'any value',
      }
    }
    case 'additionalProperties':
      return {
        field: cutName(String(params.additionalProperty)),
        problem: 'is not a known field',
        allowed: `one of ${Object.keys(known).join(', ')}`,
      }
    case 'type':
      return field === ''
        ? {
            field: part === 'body' ? 'body' : 'query',
            problem:
              data === null || data === undefined ? 'is missing' : `is ${describeType(data)}`,
            allowed: 'a JSON object',
          }
        : {
            field,
            problem:
              typeof data === 'number' && field !== SECRET_FIELD
                ? `is ${data}`
                : `is ${describeType(data)}`,
            allowed: parentSchema.allowed ?? `a ${params.type}`,
          }
    default:
      return {
        field: field === '' ? part : field,
        problem: field === SECRET_FIELD ? 'is not valid' : describeValue(data),
        allowed: parentSchema.allowed ?? error.message ?? 'another value',
      }
  }
}

function describeType(data: unknown): string {
  if (data === null) return 'null'
  if (Array.isArray(data)) return 'a list'
  return typeof data === 'object' ? 'an object' : `a ${typeof data}`
}

function describeValue(data: unknown): string {
  if (Array.isArray(data)) return `is a list of ${data.length} items`
  if (typeof data === 'object' && data !== null) {
    return `is an object of ${Object.keys(data).length} fields`
  }
  if (typeof data === 'string' && data.length > MAX_VALUE_LENGTH) return describeLength(data)
  const json = JSON.stringify(data)
  // Escapes can make a short text long.
  return json.length > MAX_VALUE_LENGTH ? describeLength(String(data)) : `is ${json}`
}

/** In characters as the schema counts them, not in halves of surrogate pairs. */
function describeLength(text: string): string {
  return `has ${[...text].length} characters`
}

function cutName(name: string): string {
  return name.length > MAX_NAME_LENGTH
    ? `${name.slice(0, MAX_NAME_LENGTH - 1).toWellFormed()}…`
    : name
}
