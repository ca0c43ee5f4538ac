import { AsyncLocalStorage } from 'node:async_hooks'
import type { ErrorCode } from '@coupon-gateway/schema'

/** What one request is known by, and what it came to. */
export interface RequestRecord {
  readonly id: string
  /** The codes of the `errors` that it was answered with. */
  readonly errorCodes: ErrorCode[]
  /** The name of the trusted document that it asked for; null for one without a name, and for any other document. */
  operation: string | null
}

const current = new AsyncLocalStorage<RequestRecord>()

/** Runs a request under its id, which its errors, its logs and its upstream calls carry. */
export function withRequestRecord<Result>(record: RequestRecord | null, run: () => Result): Result {
  return record === null ? run() : current.run(record, run)
}

/** The id of the request that is being served. */
export function correlationId(): string | undefined {
  return current.getStore()?.id
}

/** Remembers an error that the request which is being served is answered with. */
export function noteErrorCode(code: ErrorCode): void {
  current.getStore()?.errorCodes.push(code)
}
