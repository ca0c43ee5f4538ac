import type { BreakerState, ClientHooks, RateBudgetState } from '@coupon-gateway/client'
import { ERROR_CODES, type ErrorCode } from '@coupon-gateway/schema'
import { createServiceRegistry, LATENCY_BUCKETS } from '@coupon-gateway/service'
import { Counter, Gauge, Histogram, type Registry } from 'prom-client'
import { type ExceededLimit, REPORTED_LIMITS } from '../limit-reports.ts'
import { createBudgetMetrics } from './budget-metrics.ts'
import { OUTCOMES, type Outcome } from './outcome.ts'

/** What a gateway counts of itself. Every label has few values, all known here or in the published schema. */
export interface GatewayMetrics {
  readonly registry: Registry
  /** The names of the trusted documents, which requests are counted under. */
  knowOperations(names: readonly string[]): void
  countRequest(operation: string, outcome: Outcome, seconds: number): void
  countErrors(codes: readonly ErrorCode[]): void
  /** What a root field answered: `OK`, `REPLAYED`, or the reason why not. */
  countAnswer(field: string, answer: string): void
  countLoad(): void
  /** Something that went past a limit, whether it was refused for that or only measured. */
  countExceededLimit(this: void, what: ExceededLimit): void
  /** Questions that went upstream together. */
  countBatch(size: number): void
  /** What the upstream client tells. */
  readonly clientHooks: ClientHooks
  /** Watches the budget of the upstream's key, which is read when the metrics are. */
  watchBudget(this: void, read: () => Promise<RateBudgetState>): void
}

/** What requests for documents that nobody has vouched for are counted under. */
export const OTHER_OPERATION = 'other'

/** What an attempt that another one may follow comes to. */
const RETRIED = ['never-sent', 'throttled', 'transient', 'key-in-use', 'not-tried']

const BREAKER_STATES: readonly BreakerState[] = ['closed', 'half-open', 'open']
/** As many codes as the upstream takes in a call. */
const BATCH_BUCKETS = [1, 2, 5, 10, 20, 50, 100]
const SECONDS_OF_MS = 1_000

/**
 * @param upstreams how many addresses the upstream has
 * @param worker the number of this process in its cluster; null for one that is alone
 */
export function createGatewayMetrics(upstreams: number, worker: number | null): GatewayMetrics {
  const registry = createServiceRegistry(worker)
  const registers = [registry]

  const requests = new Counter({
    name: 'coupon_gateway_requests_total',
    help: 'GraphQL requests, by the operation of the trusted document (other: any other document) and by what they came to.',
    labelNames: ['operation', 'outcome'],
    registers,
  })
  const requestSeconds = new Histogram({
    name: 'coupon_gateway_request_duration_seconds',
    help: 'From the head of a GraphQL request to the end of its answer.',
    labelNames: ['operation'],
    buckets: LATENCY_BUCKETS,
    registers,
  })
  const errors = new Counter({
    name: 'coupon_gateway_errors_total',
    help: 'Entries of `errors` in answers, by their code. What is in `userErrors` is an answer.',
    labelNames: ['code'],
    registers,
  })
  const answers = new Counter({
    name: 'coupon_gateway_answers_total',
    help: 'Answers of root fields that decide something of a coupon: OK, REPLAYED, or the reason why not.',
    labelNames: ['field', 'answer'],
    registers,
  })
  const exceeded = new Counter({
    name: 'coupon_gateway_limits_exceeded_total',
    help: 'What went past a budget or a limit of one operation, and whether it was refused for that or only measured.',
    labelNames: ['limit', 'enforced'],
    registers,
  })
  const loads = new Counter({
    name: 'coupon_gateway_loader_questions_total',
    help: 'Validations that resolvers asked the loader for. Those that were no new question cost no call.',
    registers,
  })
  const batchSize = new Histogram({
    name: 'coupon_gateway_loader_batch_size',
    help: 'Questions that the loader sent upstream together. Its sum is how many of all were new.',
    buckets: BATCH_BUCKETS,
    registers,
  })
  const attempts = new Counter({
    name: 'coupon_gateway_upstream_attempts_total',
    help: 'Requests to the coupon REST API, retries included, by call and by what their end proves.',
    labelNames: ['call', 'outcome'],
    registers,
  })
  const attemptSeconds = new Histogram({
    name: 'coupon_gateway_upstream_attempt_duration_seconds',
    help: 'From sending one request to the coupon REST API to the end of its answer.',
    labelNames: ['call'],
    buckets: LATENCY_BUCKETS,
    registers,
  })
  const retries = new Counter({
    name: 'coupon_gateway_upstream_retries_total',
    help: 'Attempts that followed another one of the same call, by what that one came to.',
    labelNames: ['after'],
    registers,
  })
  const waitSeconds = new Histogram({
    name: 'coupon_gateway_upstream_wait_seconds',
    help: 'How long attempts that could not be sent at once waited for a slot or for the rate budget.',
    labelNames: ['admitted'],
    buckets: LATENCY_BUCKETS,
    registers,
  })
  const shared = new Counter({
    name: 'coupon_gateway_upstream_shared_validations_total',
    help: 'Validations that needed no call of their own: the same one was under way, or the code was unknown just now.',
    labelNames: ['kind'],
    registers,
  })
  const breaker = new Gauge({
    name: 'coupon_gateway_upstream_breaker',
    help: '1 for the state that the circuit breaker of each upstream address is in.',
    labelNames: ['upstream', 'state'],
    registers,
  })
  const budget = createBudgetMetrics(registry)

  // A series that begins with its first event hides that event from every rate.
  beginOperation(OTHER_OPERATION)
  for (const after of RETRIED) retries.inc({ after }, 0)
  for (const kind of ['in-flight', 'unknown-code']) shared.inc({ kind }, 0)
  for (const admitted of ['true', 'false']) waitSeconds.zero({ admitted })
  for (const code of Object.keys(ERROR_CODES)) errors.inc({ code }, 0)
  for (const limit of REPORTED_LIMITS) {
    for (const enforced of ['true', 'false']) exceeded.inc({ limit, enforced }, 0)
  }
  for (let upstream = 0; upstream < upstreams; upstream += 1) setBreaker(upstream, 'closed')

  function beginOperation(operation: string): void {
    for (const outcome of OUTCOMES) requests.inc({ operation, outcome }, 0)
    requestSeconds.zero({ operation })
  }

  function setBreaker(upstream: number, state: BreakerState): void {
    for (const it of BREAKER_STATES) breaker.set({ upstream, state: it }, it === state ? 1 : 0)
  }

  return {
    registry,
    knowOperations(names) {
      for (const name of names) beginOperation(name)
    },
    countRequest(operation, outcome, seconds) {
      requests.inc({ operation, outcome })
      requestSeconds.observe({ operation }, seconds)
    },
    countErrors(codes) {
      for (const code of codes) errors.inc({ code })
    },
    countAnswer: (field, answer) => answers.inc({ field, answer }),
    countLoad: () => loads.inc(),
    countExceededLimit: ({ limit, isEnforced }) =>
      exceeded.inc({ limit, enforced: String(isEnforced) }),
    countBatch: (size) => batchSize.observe(size),
    clientHooks: {
      onAttemptEnd({ call, outcome, durationMs }) {
        attempts.inc({ call: call.operation, outcome })
        attemptSeconds.observe({ call: call.operation }, durationMs / SECONDS_OF_MS)
      },
      onRetry: ({ after }) => retries.inc({ after }),
      onQueueEnd: ({ waitedMs, admitted }) =>
        waitSeconds.observe({ admitted: String(admitted) }, waitedMs / SECONDS_OF_MS),
      onBreaker: ({ upstream, state }) => setBreaker(upstream, state),
      onCacheHit: ({ kind }) => shared.inc({ kind }),
    },
    watchBudget: budget.watch,
  }
}
