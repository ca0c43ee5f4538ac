import type { FastifyRequest, FastifyServerOptions } from 'fastify'
import { describeError } from './describe-error.ts'
import { withoutSecrets } from './without-secrets.ts'

/**
 * Logs as JSON lines. What is logged of requests and errors is a list of what may be, and not all but what may not: a
 * path without its query, which can hold coupon codes, and an error without the values that libraries hang on it.
 * Names of secrets are a second net, for whatever else is logged.
 */
export function loggerOptions(level: string): NonNullable<FastifyServerOptions['logger']> {
  if (level === 'silent') return false
  return {
    level,
    formatters: { log: (fields) => ({ ...withoutSecrets(fields) }) },
    serializers: {
      req: (request: FastifyRequest) => ({
        method: request.method,
        path: request.url.split('?', 1)[0],
        userAgent: request.headers['user-agent'],
      }),
      err: (error: unknown) => describeError(error),
    },
  }
}
