import type { AttemptOutcome } from './attempt-outcome.ts'
import type { CallEffect } from './call.ts'
import { type Envelope, isRecord, readEnvelope } from './envelope.ts'
import { parseRetryAfterMs } from './retry-after.ts'
import type { WireResponse } from './transport.ts'
import {
  BadResponseError,
  type FieldProblem,
  InvalidInputError,
  RefusedError,
  ThrottledError,
  UnansweredError,
} from './upstream-error.ts'
import { toFieldName } from './wire-coupon.ts'

/**
 * Says what an HTTP answer means. The one place that knows statuses and the symbols of problems with the call.
 *
 * Symbols decide, not envelope codes: the hosted service documents neither, and its numbers may be others.
 *
 * @param nowEpochMs to read a `Retry-After` that is a date
 */
export function readAnswer(
  response: WireResponse,
  effect: CallEffect,
  nowEpochMs: number,
): AttemptOutcome {
  const { status, headers } = response
  const envelope = readEnvelope(response.body)
  const symbol = envelope?.error ?? null
  const retryAfterMs = parseRetryAfterMs(headers['retry-after'], nowEpochMs)
  const isWrite = effect.kind === 'write'

  if (status < 400) {
    if (envelope !== null) return readVerdict(envelope, headers, retryAfterMs)
    // Something between may have garbled the answer to a write that was carried out.
    return isWrite && status < 300
      ? { kind: 'transient', error: notTheContract(status), retryAfterMs }
      : { kind: 'failed', error: notTheContract(status) }
  }
  // Too many wrong on-site passwords: a statement about the coupon, although its status is that of throttling.
  if (status === 429 && envelope !== null && symbol === 'TOO_MANY_ATTEMPTS') {
    return readVerdict(envelope, headers, retryAfterMs)
  }
  if (status === 429) {
    const error = new ThrottledError(
      'RATE_LIMITED',
      'the rate limit of the API key is reached',
      retryAfterMs,
    )
    return { kind: 'throttled', error, retryAfterMs }
  }
  if (status === 503 && symbol === 'OVERLOADED') {
    const error = new ThrottledError('OVERLOADED', 'the upstream has too much to do', retryAfterMs)
    return { kind: 'throttled', error, retryAfterMs }
  }
  if (status >= 500 || status === 408) {
    const error = new UnansweredError('UNAVAILABLE', `the upstream answered HTTP ${status}`)
    return { kind: 'transient', error, retryAfterMs }
  }
  if (status === 409 && symbol === 'IDEMPOTENCY_CONCURRENT_REQUEST' && isWrite) {
    return { kind: 'key-in-use', retryAfterMs }
  }
  if (status === 422 && symbol === 'IDEMPOTENCY_KEY_REUSED' && isWrite) {
    return { kind: 'answered', answer: { kind: 'key-reused' } }
  }
  if (status === 401) {
    return failed(new RefusedError('UNAUTHENTICATED', 'the upstream does not know the API key'))
  }
  if (status === 403) {
    return failed(
      symbol === 'PLAN_UPGRADE_REQUIRED'
        ? new RefusedError(symbol, 'the plan of the API key does not include this call')
        : new RefusedError('FORBIDDEN', 'the API key does not allow this call'),
    )
  }
  if (envelope !== null && (status === 400 || status === 413)) {
    return failed(new InvalidInputError(readProblems(envelope.result)))
  }
  return failed(notTheContract(status))
}

function readVerdict(
  { code, message, result, error }: Envelope,
  headers: WireResponse['headers'],
  retryAfterMs: number | null,
): AttemptOutcome {
  const answer =
    code === 0
      ? ({ kind: 'done', result, replayed: headers['idempotency-replayed'] === 'true' } as const)
      : ({ kind: 'rejected', symbol: error, code, message, result, retryAfterMs } as const)
  return { kind: 'answered', answer }
}

function readProblems(result: unknown): FieldProblem[] {
  if (!Array.isArray(result)) return []
  return result.filter(isRecord).map(({ field, problem, allowed }) => ({
    field: toFieldName(String(field)),
    problem: String(problem),
    allowed: String(allowed),
  }))
}

function notTheContract(status: number): BadResponseError {
  return new BadResponseError(
    `the upstream answered HTTP ${status} without the contract's envelope`,
  )
}

function failed(error: RefusedError | InvalidInputError | BadResponseError): AttemptOutcome {
  return { kind: 'failed', error }
}
