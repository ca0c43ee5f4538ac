import type { FastifyRequest } from 'fastify'
import { ApiError } from './api-error.ts'

/** Hook of every call, before its body is read: whatever it holds, there is nobody to read it. */
export async function refuseUnknownRoute({ is404 }: FastifyRequest): Promise<void> {
  if (is404) throw new ApiError('ROUTE_NOT_FOUND')
}
