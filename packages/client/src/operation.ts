import type { Verdict } from './attempt-outcome.ts'
import type { WireRequest } from './call.ts'
import type { JournalStep } from './journal/journal-step.ts'
import type { UpstreamAbilities } from './upstream-profile.ts'

/** The part of a request that an operation decides; undefined fields are not sent. */
export interface OperationRequest {
  readonly method: WireRequest['method']
  /** Last part of the path, after `/api/coupon/v1/`. */
  readonly resource: string
  /** Which one of the resource, after it in the path. */
  readonly id?: string
  readonly query?: Readonly<Record<string, string | undefined>>
  readonly body?: Readonly<Record<string, unknown>>
}

/** A call that changes nothing. */
export interface ReadOperation<Input, Result> {
  /** @throws InvalidInputError */
  toRequest(input: Input, abilities: UpstreamAbilities): OperationRequest
  /** @throws BadResponseError */
  toResult(verdict: Verdict): Result
  /** What it means to a journal, where it means something. */
  toJournalStep?(input: Input): JournalStep
}

/** What every write takes besides its own input. */
export interface KeyedInput {
  /**
   * The caller's name for this one intended effect, 1 to 255 visible ASCII characters; made when left out.
   * Whoever may repeat the call after a failure brings one.
   */
  readonly idempotencyKey?: string | null | undefined
}

/** What every successful write tells besides its own result. */
export interface KeyedResult {
  readonly idempotencyKey: string
  /** It was carried out before, by the same key: this is the first answer again. */
  readonly replayed: boolean
}

/** A call that changes something, once for its key. */
export interface WriteOperation<Input extends KeyedInput, Result> {
  /** @throws InvalidInputError */
  toRequest(input: Input): OperationRequest
  /** @throws BadResponseError */
  toResult(verdict: Verdict, idempotencyKey: string): Result
  /** What it means to a journal, where it means something. @throws InvalidInputError */
  toJournalStep?(input: Input): JournalStep
}
