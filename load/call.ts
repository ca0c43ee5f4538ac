import type { HistoryEntry } from './plan.ts'

/** One request to the target, whatever its protocol. A line of the history is one with its answer. */
export type Call = Omit<HistoryEntry, 'attempt' | 'calledAt' | 'returnedAt' | 'outcome'>

/** A call as HTTP has it. */
export interface CallRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | null
}

/** An answer as HTTP has it. */
export interface CallAnswer {
  /** 0: there was none. */
  readonly status: number
  readonly body: string
  /** The header `Idempotency-Replayed` is there. */
  readonly isReplay: boolean
}

/** Rows of one page of the log. */
export const PAGE_ROWS = 100

/** How long a reservation holds its unit: longer than any run, so that none ends by itself. */
export const TTL_SECONDS = 86_400

/** Why a redemption is rolled back, for the log. */
export const ROLLBACK_REASON = 'order cancelled'
