import type { FastifyRequest } from 'fastify'
import { invalidInput } from './api-error.ts'
import type { Texts } from './messages/en.ts'

/** More than twice what the largest call knows. */
const MAX_FIELDS = 64

/** Check before validation, whose work and whose list of problems grow with the number of fields. */
export function refuseTooManyFields({ body, query }: FastifyRequest): void {
  const counts = { body: countFields(body), query: countFields(query) }
  if (counts.body <= MAX_FIELDS && counts.query <= MAX_FIELDS) return
  throw invalidInput(
    Object.entries(counts)
      .filter(([, count]) => count > MAX_FIELDS)
      .map(([field, count]) => ({
        field,
        problem: ({ problems }: Texts) => problems.fields(count),
        allowed: ({ allowed }: Texts) => allowed.maxFields(MAX_FIELDS),
      })),
  )
}

function countFields(input: unknown): number {
  return typeof input === 'object' && input !== null && !Array.isArray(input)
    ? Object.keys(input).length
    : 0
}
