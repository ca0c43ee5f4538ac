import type { Token } from './budget/token-hand.ts'
import type { CallTrace } from './call-trace.ts'
import type { Deadline } from './deadline.ts'
import type { CallInfo } from './hooks.ts'
import type { JournalStep } from './journal/journal-step.ts'
import type { Upstream } from './upstream.ts'

/** An HTTP request, ready to be sent to any of the upstream's addresses, any number of times. */
export interface WireRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** Path and query, below the base URL. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | null
}

/** What a call does to the upstream. A write has a key before its first attempt, and keeps it over all. */
export type CallEffect =
  | { readonly kind: 'read' }
  | { readonly kind: 'write'; readonly idempotencyKey: string }

/** One call of the client's user, as the pipeline takes it. */
export interface Call {
  readonly request: WireRequest
  readonly effect: CallEffect
  /** What it means to the journal of a hosted upstream; null for a call that is only sent. */
  readonly journalStep: JournalStep | null
  /** A second arrival of the same request has no second effect. */
  readonly isSafeToRepeat: boolean
  readonly deadlineMs: number
  /** For hooks: which call this is. */
  readonly info: CallInfo
  readonly signal: AbortSignal | undefined
  /** Null where nothing is traced. */
  readonly trace: CallTrace | null
}

export interface TimedCall extends Call {
  readonly deadline: Deadline
}

/** One sending of a call to one address. */
export interface Attempt {
  readonly call: TimedCall
  readonly upstream: Upstream
  /** From 1. */
  readonly number: number
}

/** An attempt that has a slot, and a token to pay with. */
export interface AdmittedAttempt extends Attempt {
  readonly token: Token
}
