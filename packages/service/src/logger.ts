import type { FastifyRequest, FastifyServerOptions } from 'fastify'

/** Logs as JSON lines. A path is logged without its query, which can hold coupon codes. */
export function loggerOptions(level: string): NonNullable<FastifyServerOptions['logger']> {
  return {
    level,
    serializers: {
      req: (request: FastifyRequest) => ({
        method: request.method,
        path: request.url.split('?', 1)[0],
        userAgent: request.headers['user-agent'],
      }),
    },
  }
}
