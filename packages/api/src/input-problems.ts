import type { FastifySchemaValidationError } from 'fastify/types/schema.js'
import type { InputProblem } from './api-error.ts'

/** A schema that tells people what it allows. `allowed` is our own keyword, known to the validator. */
interface DescribedSchema {
  readonly allowed?: string
  readonly properties?: Readonly<Record<string, DescribedSchema>>
}

interface ValidationError extends FastifySchemaValidationError {
  readonly parentSchema?: DescribedSchema
  readonly data?: unknown
}

/**
 * Says of each error of the validator which field it is, what is wrong and what is allowed.
 * @param part where the input was: `body` or `querystring`
 */
export function toInputProblems(
  errors: readonly ValidationError[],
  part: string,
): readonly InputProblem[] {
  return errors.map((error) => {
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
          field: String(params.additionalProperty),
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
              problem: typeof data === 'number' ? `is ${data}` : `is ${describeType(data)}`,
              allowed: parentSchema.allowed ?? `a ${params.type}`,
            }
      default:
        return {
          field: field === '' ? part : field,
          problem: field === 'onsitePwd' ? 'is not valid' : describeValue(data),
          allowed: parentSchema.allowed ?? error.message ?? 'another value',
        }
    }
  })
}

function describeType(data: unknown): string {
  if (data === null) return 'null'
  if (Array.isArray(data)) return 'a list'
  return typeof data === 'object' ? 'an object' : `a ${typeof data}`
}

/** Short values are repeated, long ones measured: an answer must not grow with the input. Passwords never are. */
function describeValue(data: unknown): string {
  if (typeof data === 'string' && data.length > 40) return `has ${data.length} characters`
  return `is ${JSON.stringify(data) ?? 'not a value'}`
}
