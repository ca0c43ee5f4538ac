import type { CircuitBreaker } from './circuit-breaker.ts'
import type { RetryBudget } from './retry-budget.ts'
import type { Transport } from './transport.ts'

/** One address of the upstream, and what is known of its health. */
export interface Upstream {
  /** Place of its URL in the options. */
  readonly index: number
  readonly transport: Transport
  readonly breaker: CircuitBreaker
  readonly retryBudget: RetryBudget
}
