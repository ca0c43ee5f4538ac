import type { CoreHooks } from '@coupon-gateway/core'
import { createServiceRegistry, LATENCY_BUCKETS } from '@coupon-gateway/service'
import { Counter, Histogram, type Registry } from 'prom-client'
import { ERROR_SYMBOLS, type ErrorSymbol } from '../error-symbols.ts'

/** What a request came to: a success, one of the contract's errors, or a caller who did not wait. */
export type ApiOutcome = 'OK' | 'ABANDONED' | ErrorSymbol

/** What the api counts of itself. Every label has few values, all known here or in the OpenAPI document. */
export interface ApiMetrics {
  readonly registry: Registry
  countRequest(operation: string, outcome: ApiOutcome, seconds: number): void
  /** What the core tells. */
  readonly coreHooks: CoreHooks
}

/** As many as a flush, and a statement that validates, may hold. */
const BATCH_BUCKETS = [1, 2, 4, 8, 16, 32, 64, 128, 256]
const SECONDS_OF_MS = 1_000

export function createApiMetrics(): ApiMetrics {
  const registry = createServiceRegistry(null)
  const registers = [registry]

  const requests = new Counter({
    name: 'coupon_api_requests_total',
    help: 'Requests by the call, as the OpenAPI document names it (other: no call), and by what they came to.',
    labelNames: ['operation', 'outcome'],
    registers,
  })
  const requestSeconds = new Histogram({
    name: 'coupon_api_request_duration_seconds',
    help: 'From the head of a request to the end of its answer.',
    labelNames: ['operation'],
    buckets: LATENCY_BUCKETS,
    registers,
  })
  const flushSize = new Histogram({
    name: 'coupon_core_flush_size',
    help: 'Redemptions and reservations that shared one transaction.',
    buckets: BATCH_BUCKETS,
    registers,
  })
  const flushSeconds = new Histogram({
    name: 'coupon_core_flush_duration_seconds',
    help: 'How long one such transaction took, its commit included.',
    labelNames: ['outcome'],
    buckets: LATENCY_BUCKETS,
    registers,
  })
  const readSize = new Histogram({
    name: 'coupon_core_validation_batch_size',
    help: 'Validations that shared one statement.',
    buckets: BATCH_BUCKETS,
    registers,
  })

  // A series that begins with its first event hides that event from every rate.
  for (const outcome of ['decided', 'failed']) flushSeconds.zero({ outcome })
  for (const outcome of ['OK', ...Object.keys(ERROR_SYMBOLS)]) {
    requests.inc({ operation: 'redeem', outcome }, 0)
  }

  return {
    registry,
    countRequest(operation, outcome, seconds) {
      requests.inc({ operation, outcome })
      requestSeconds.observe({ operation }, seconds)
    },
    coreHooks: {
      onFlush({ size, durationMs, outcome }) {
        flushSize.observe(size)
        flushSeconds.observe({ outcome }, durationMs / SECONDS_OF_MS)
      },
      onRead: ({ size }) => readSize.observe(size),
    },
  }
}
