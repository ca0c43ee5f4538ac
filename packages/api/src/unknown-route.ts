import type { FastifyRequest } from 'fastify'
import { ApiError } from './api-error.ts'

/** Check of every call, before its body is read: whatever it holds, there is nobody to read it. */
export function refuseUnknownRoute({ is404 }: FastifyRequest): void {
  if (is404) throw new ApiError('ROUTE_NOT_FOUND')
}
