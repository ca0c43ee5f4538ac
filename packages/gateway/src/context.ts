import type { UpstreamClient } from '@coupon-gateway/client'
import type { Asker, CallBudgets } from './budgets/call-budgets.ts'
import type { Caller } from './caller.ts'
import type { GatewayMetrics } from './observability/gateway-metrics.ts'
import { createUpstreamCalls, type UpstreamCalls } from './upstream-calls.ts'
import { createValidationLoader, type ValidationLoader } from './validation-loader.ts'

/** What the resolvers of one operation share. */
export interface GatewayContext {
  readonly caller: Caller
  readonly upstream: UpstreamClient
  /** Charges the caller's budget, call by call. */
  readonly calls: UpstreamCalls
  readonly validations: ValidationLoader
  /** Null where none are kept. */
  readonly metrics: GatewayMetrics | null
}

/** What the operations of all callers share. */
export interface GatewayParts {
  readonly upstream: UpstreamClient
  readonly budgets: CallBudgets
  /** Whether the upstream takes many codes in one call. */
  readonly validatesMany: boolean
  readonly metrics: GatewayMetrics | null
}

/** Makes the context of one operation. The loader lives as long: answers are never shared between callers. */
export function createContext(
  { upstream, budgets, validatesMany, metrics }: GatewayParts,
  asker: Asker,
  requestId: string,
): GatewayContext {
  const calls = createUpstreamCalls(budgets, asker, requestId)
  const validations = createValidationLoader({ upstream, calls, validatesMany, metrics })
  return { caller: asker.caller, upstream, calls, validations, metrics }
}
