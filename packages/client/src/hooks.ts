import type { AttemptOutcome } from './attempt-outcome.ts'
import type { BudgetSource } from './budget/rate-budget.ts'
import type { BreakerState } from './circuit-breaker.ts'

/** Which call an event is about. */
export interface CallInfo {
  /** Counts the calls of a client, from 1. */
  readonly id: number
  /** `validate`, `redeem`, … */
  readonly operation: string
  readonly kind: 'read' | 'write'
  readonly requestId: string | undefined
}

/** One attempt of a call. `upstream` is the place of its URL in `urls`. */
export interface AttemptInfo {
  readonly call: CallInfo
  readonly attempt: number
  readonly upstream: number
}

/**
 * What a client tells of its inner life, for metrics and tracing. Each is called at the moment, in the way of
 * the call: it should be quick, and what it throws is dropped.
 *
 * @example
 * const hooks: ClientHooks = {
 *   onAttemptEnd: ({ call, outcome, durationMs }) => histogram.record(durationMs, { operation: call.operation, outcome }),
 * }
 */
export interface ClientHooks {
  /** An attempt has its token and its slot, and is about to be sent. */
  onAttemptStart?(event: AttemptInfo): void
  /** `outcome` is what its end proves; `status` the HTTP status, null without an answer. */
  onAttemptEnd?(
    event: AttemptInfo & {
      readonly outcome: AttemptOutcome['kind']
      readonly status: number | null
      readonly durationMs: number
    },
  ): void
  /** Another attempt follows the given one, after a pause. */
  onRetry?(event: {
    readonly call: CallInfo
    readonly attempt: number
    readonly after: AttemptOutcome['kind']
    readonly delayMs: number
  }): void
  /** An attempt waited for a token or a slot: it got both, or left without. */
  onQueueEnd?(event: {
    readonly call: CallInfo
    readonly waitedMs: number
    readonly admitted: boolean
  }): void
  /** The budget goes by the shared ledger again, or, its store being down, by this process's own share. */
  onBudgetSource?(event: { readonly source: BudgetSource; readonly cause: unknown }): void
  /** The upstream answered 429: nothing is sent for so long. */
  onBudgetPause?(event: { readonly durationMs: number }): void
  onBreaker?(event: { readonly upstream: number; readonly state: BreakerState }): void
  /** A validate needed no call of its own: another one under way is the same, or its code was unknown just now. */
  onCacheHit?(event: { readonly kind: 'in-flight' | 'unknown-code' }): void
}

/** The hooks as the stages call them: none of them throws. */
export function guardHooks(hooks: ClientHooks): ClientHooks {
  const guarded = Object.entries(hooks).map(([name, hook]) => [
    name,
    (event: never) => {
      try {
        const returned: unknown = hook.call(hooks, event)
        // One that is async would otherwise end the process.
        if (returned instanceof Promise) returned.catch(() => {})
      } catch {
        // A metric that fails must not fail a redemption.
      }
    },
  ])
  return Object.fromEntries(guarded)
}
