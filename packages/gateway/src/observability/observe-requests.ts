import { describeRequestSpan, measureRequests, traceRequests } from '@coupon-gateway/service'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { RequestRecord } from '../correlation.ts'
import { type GatewayMetrics, OTHER_OPERATION } from './gateway-metrics.ts'
import { outcomeOf } from './outcome.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** What the request is known by, and what it came to; null for one that Fastify could not route. */
    record: RequestRecord | null
  }
}

export interface Observers {
  readonly metrics: GatewayMetrics | null
  readonly isTraced: boolean
}

/**
 * Watches requests from the outside, at the HTTP layer: however an operation is executed, it passes here. To be called
 * before hooks that work.
 */
export function observeRequests(app: FastifyInstance, { metrics, isTraced }: Observers): void {
  keepRecords(app)
  if (metrics !== null) countRequests(app, metrics)
  if (isTraced) {
    traceRequests(app, (route) => route !== '/graphql')
    nameOperationOfSpans(app)
  }
}

function keepRecords(app: FastifyInstance): void {
  app.decorateRequest('record', null)
  app.addHook('onRequest', function keepRecord(request, _reply, done) {
    request.record = { id: request.id, errorCodes: [], operation: null }
    done()
  })
}

function countRequests(app: FastifyInstance, metrics: GatewayMetrics): void {
  measureRequests(app, ({ request, isWhole, seconds }) => {
    const { record } = request
    if (record === null) return
    metrics.countErrors(record.errorCodes)
    if (request.routeOptions.url !== '/graphql') return
    metrics.countRequest(operationOf(request), outcomeOf(record.errorCodes, isWhole), seconds)
  })
}

/** Says on the span of a request which operation it was; the span itself is named by its route. */
function nameOperationOfSpans(app: FastifyInstance): void {
  app.addHook('onSend', function nameOperation(request, _reply, _payload, done) {
    const [code] = request.record?.errorCodes ?? []
    if (request.routeOptions.url === '/graphql') {
      describeRequestSpan(request, {
        'graphql.operation.name': operationOf(request),
        ...(code === undefined ? {} : { 'error.type': code }),
      })
    }
    done()
  })
}

/** Callers write names of their own too, and each of those would be a series for ever. */
function operationOf({ record }: FastifyRequest): string {
  return record?.operation ?? OTHER_OPERATION
}
