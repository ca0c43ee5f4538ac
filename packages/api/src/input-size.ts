import type { FastifyRequest } from 'fastify'
import { invalidInput } from './api-error.ts'
import type { Texts } from './messages/en.ts'

/** More than twice what the largest call knows. */
const MAX_FIELDS = 64

/** Hook before validation, whose work and whose list of problems grow with the number of fields. */
export async function refuseTooManyFields(request: FastifyRequest): Promise<void> {
  const problems = Object.entries({ body: request.body, query: request.query }).flatMap(
    ([field, fields]) => {
      const count = isObject(fields) ? Object.keys(fields).length : 0
      return count > MAX_FIELDS
        ? [
            {
              field,
              problem: ({ problems }: Texts) => problems.fields(count),
              allowed: ({ allowed }: Texts) => allowed.maxFields(MAX_FIELDS),
            },
          ]
        : []
    },
  )
  if (problems.length > 0) throw invalidInput(problems)
}

function isObject(input: unknown): input is object {
  return typeof input === 'object' && input !== null && !Array.isArray(input)
}
