import { describeRequestSpan, measureRequests } from '@coupon-gateway/service'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { ErrorSymbol } from '../error-symbols.ts'
import type { ApiMetrics } from './api-metrics.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** The error of the contract that the request is answered with; null for a success. */
    failedWith: ErrorSymbol | null
  }
}

const OTHER = 'other'

/** Probes would bury everything else. */
export const isProbe = (route: string) => route === '/livez' || route === '/readyz'

/** Counts every request by the call that it is and by what it came to. */
export function measureApi(app: FastifyInstance, metrics: ApiMetrics): void {
  measureRequests(app, ({ request, isWhole, seconds }) => {
    if (isProbe(request.routeOptions.url ?? '')) return
    const outcome = isWhole ? (request.failedWith ?? 'OK') : 'ABANDONED'
    metrics.countRequest(callOf(request), outcome, seconds)
  })
}

/** Says on the span of a request what it came to; the span itself is named by its route. */
export function nameErrorsOfSpans(app: FastifyInstance): void {
  app.addHook('onSend', function nameError(request, _reply, _payload, done) {
    const { failedWith } = request
    if (failedWith !== null) describeRequestSpan(request, { 'error.type': failedWith })
    done()
  })
}

/** One name for each call of the contract: paths hold ids. */
function callOf({ routeOptions }: FastifyRequest): string {
  return routeOptions.schema?.operationId ?? OTHER
}
